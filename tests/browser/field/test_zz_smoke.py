def test_smoke(server, phone):
    p = phone(on_disk=True)
    p.sign_in("maya")
    assert server.verify()
    server.stop()
    try:
        p.page.goto("/hand-out"); raise SystemExit
    except Exception as e: print(str(e)[:90])
    p.kill()
    server.start()
    p.switch_on()
    p.page.goto("/hand-out")
    print(p.page.title(), p.page.url)
    ASK="""(m)=>fetch('/field/sync',{method:'POST',headers:{'Content-Type':'application/json'},body:JSON.stringify({records:[{id:m}]})}).then(r=>r.text().then(t=>[r.status,r.redirected,t.slice(0,60)])).catch(e=>String(e))"""
    from tests.browser.field.server import FAULTS
    for f in (*FAULTS, "slow", None):
        server.fault=f
        print(f, p.page.evaluate(ASK, str(f)))
    print([(d.fault, d.records) for d in server.deliveries])
    print(p.trouble)
    print(p.page.evaluate("fetch('/field/kit',{method:'POST',headers:{'Content-Type':'application/json'},body:'{}'}).then(r=>r.text())")[:300])
