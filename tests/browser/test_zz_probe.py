import time
from tests.browser.test_every_page import *
CHEAP={"runOnly":{"type":"rule","values":["color-contrast","link-in-text-block","target-size","html-has-lang","html-lang-valid","valid-lang","document-title","label","button-name","link-name","aria-valid-attr-value","duplicate-id-aria"]},"resultTypes":["violations"]}
RULES = {"cheap": CHEAP,  "full": AXE_RULES, "cheap-nopre": CHEAP|{"preload":False}, "full-nopre": AXE_RULES|{"preload":False}, "nocolour-nopre": AXE_RULES|{"rules":{"color-contrast":{"enabled":False}},"preload":False}, "noref": AXE_RULES|{"preload":False,"selectors":False,"ancestry":False,"elementRef":False}}
def test_probe(house, open_as):
    w=open_as("noor", color_scheme="light", viewport=PHONE); w.page.add_init_script(AXE)
    tot={k:0 for k in RULES}; g=0; m={k:0 for k in RULES}; o=0;h=0
    for a in addresses(house,"noor")[::9]:
        t=time.time(); w.page.goto(a); g+=time.time()-t
        t=time.time(); show_whole(w.page, PHONE); h+=time.time()-t
        for k,r in RULES.items():
            t=time.time(); w.page.evaluate("how => axe.run(how)", r); tot[k]+=time.time()-t
            t=time.time(); w.page.evaluate("how => axe.run('main', how)", r); m[k]+=time.time()-t
        t=time.time(); too_wide(w.page); too_small(w.page); too_wide_with_large_text(w.page); o+=time.time()-t
    print("PROBE goto", g, "whole", h, "other", o); print({k:round(v,2) for k,v in tot.items()}); print("main",{k:round(v,2) for k,v in m.items()})
