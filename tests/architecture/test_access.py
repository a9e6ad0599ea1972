"""Who may open which address: every route has a row, and every role a column."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from harmreduction.accounts.rules import ROLES, Role
from harmreduction.core.errors import NotAllowed
from harmreduction.web.access import PUBLIC, SAFE_METHODS, SIGNED_IN, audience_of
from tests.architecture.conftest import NOBODY, World, walk
from tests.sync.kits import new_public_key

WHO = (*(role.value for role in Role), NOBODY)

# The answer to each: volunteer, outreach worker, clinician, programme lead, administrator, and nobody signed in.
# 200 a page, 204 noted, 302 and 303 done or go elsewhere, 401 sign in first, 403 not your role, 409 changed meanwhile.
# A form is sent empty. What is named in the address is their own, or lies at their site.
TABLE = """
GET  /                                                             302 302 302 302 302 302
GET  /account/                                                     200 200 200 200 200 302
GET  /account/passphrase                                           200 200 200 200 200 302
POST /account/passphrase                                           200 200 200 200 200 401
POST /account/sessions/<uuid:session_id>/end                       302 302 302 302 302 401
POST /account/sessions/end-others                                  302 302 302 302 302 401
GET  /activities/                                                  403 403 403 200 403 302
GET  /activities/<uuid:activity_id>                                403 403 403 200 403 302
POST /activities/<uuid:activity_id>                                403 403 403 200 403 401
GET  /activities/new                                               403 403 403 200 403 302
POST /activities/new                                               403 403 403 200 403 401
GET  /audit                                                        403 403 403 200 200 302
GET  /audit/check                                                  403 403 403 200 200 302
GET  /care/                                                        403 200 200 200 403 302
POST /care/                                                        403 302 302 302 403 401
GET  /community/                                                   200 200 200 200 403 302
GET  /community/<uuid:event_id>                                    200 200 200 200 403 302
GET  /community/<uuid:event_id>/numbers                            200 200 200 200 403 302
POST /community/<uuid:event_id>/numbers                            302 302 302 302 403 401
GET  /community/<uuid:event_id>/remove                             200 200 200 200 403 302
POST /community/<uuid:event_id>/remove                             200 200 200 200 403 401
GET  /community/<uuid:event_id>/supplies                           200 200 200 200 403 302
POST /community/<uuid:event_id>/supplies                           200 200 200 200 403 401
GET  /community/distributors/                                      403 200 200 200 403 302
GET  /community/distributors/<uuid:partner_id>                     403 200 200 200 403 302
GET  /community/distributors/<uuid:partner_id>/told                403 200 200 200 403 302
POST /community/distributors/<uuid:partner_id>/told                403 200 200 200 403 401
GET  /community/distributors/reports/<uuid:peer_report_id>/remove  403 200 200 200 403 302
POST /community/distributors/reports/<uuid:peer_report_id>/remove  403 200 200 200 403 401
GET  /community/new                                                200 200 200 200 403 302
POST /community/new                                                200 200 200 200 403 401
GET  /community/sharps/                                            200 200 200 200 403 302
GET  /community/sharps/<uuid:collection_id>                        200 200 200 200 403 302
GET  /community/sharps/<uuid:collection_id>/remove                 200 200 200 200 403 302
POST /community/sharps/<uuid:collection_id>/remove                 200 200 200 200 403 401
GET  /community/sharps/new                                         200 200 200 200 403 302
POST /community/sharps/new                                         200 200 200 200 403 401
GET  /codes/                                                       403 200 200 200 403 302
POST /codes/                                                       403 200 200 200 403 401
POST /codes/begin                                                  403 302 302 302 403 401
GET  /codes/cards/                                                 403 200 200 200 403 302
POST /codes/cards/                                                 403 200 200 200 403 401
POST /codes/cards/new                                              403 200 200 200 403 401
POST /codes/chosen                                                 403 302 302 302 403 401
GET  /codes/forgot                                                 403 200 200 200 403 302
GET  /codes/of/<uuid:participant_id>                               403 200 200 200 403 302
POST /codes/of/<uuid:participant_id>/add                           403 200 200 200 403 401
POST /codes/of/<uuid:participant_id>/card                          403 200 200 200 403 401
POST /codes/of/<uuid:participant_id>/end                           403 302 302 302 403 401
POST /codes/of/<uuid:participant_id>/join                          403 302 302 302 403 401
POST /codes/of/<uuid:participant_id>/other                         403 200 200 200 403 401
POST /codes/of/<uuid:participant_id>/part                          403 302 302 302 403 401
GET  /confirm                                                      200 200 200 200 200 302
POST /confirm                                                      200 200 200 200 200 401
GET  /conversations                                                403 403 200 403 403 302
GET  /conversations/<uuid:conversation_id>                         403 403 200 403 403 302
GET  /conversations/<uuid:conversation_id>/erase                   403 403 200 403 403 302
POST /conversations/<uuid:conversation_id>/erase                   403 403 302 403 403 401
GET  /conversations/<uuid:conversation_id>/paper                   403 403 200 403 403 302
GET  /conversations/<uuid:conversation_id>/paper/pdf               403 403 303 403 403 302
GET  /conversations/<uuid:conversation_id>/saved                   403 403 200 403 403 302
GET  /conversations/<uuid:conversation_id>/versions                403 403 200 403 403 302
GET  /conversations/<uuid:conversation_id>/versions/<uuid:version_id> 403 403 200 403 403 302
GET  /conversations/begin                                          403 403 200 403 403 302
POST /conversations/begin                                          403 403 200 403 403 401
GET  /conversations/cards                                          403 403 403 200 403 302
GET  /conversations/cards/<card_code>                              403 403 403 200 403 302
POST /conversations/cards/<card_code>                              403 403 403 200 403 401
POST /conversations/cards/<card_code>/move                         403 403 403 302 403 401
POST /conversations/cards/<card_code>/put-away                     403 403 403 302 403 401
POST /conversations/cards/<card_code>/use                          403 403 403 302 403 401
GET  /conversations/cards/new                                      403 403 403 200 403 302
POST /conversations/cards/new                                      403 403 403 200 403 401
GET  /conversations/cards/preview                                  403 403 403 200 403 302
POST /conversations/cards/release                                  403 403 403 302 403 401
GET  /conversations/cards/sets                                     403 403 403 200 403 302
POST /conversations/cards/sets                                     403 403 403 302 403 401
GET  /conversations/cards/steps                                    403 403 403 200 403 302
GET  /conversations/cards/steps/<step_code>                        403 403 403 200 403 302
POST /conversations/cards/steps/<step_code>                        403 403 403 200 403 401
GET  /conversations/cards/steps/new                                403 403 403 200 403 302
POST /conversations/cards/steps/new                                403 403 403 200 403 401
GET  /conversations/figures                                        403 403 403 200 403 302
POST /conversations/figures/<quarter_code>/tell                    403 403 403 302 403 401
GET  /conversations/figures.csv                                    403 403 403 200 403 302
GET  /conversations/find                                           403 403 200 403 403 302
POST /conversations/find                                           403 403 200 403 403 401
GET  /conversations/loops                                          403 403 200 403 403 302
GET  /conversations/loops/<uuid:loop_id>                           403 403 200 403 403 302
POST /conversations/loops/<uuid:loop_id>                           403 403 200 403 403 401
GET  /conversations/nothing-kept                                   403 403 200 403 403 302
GET  /conversations/now/<uuid:draft_id>                            403 403 200 403 403 302
GET  /conversations/now/<uuid:draft_id>/agreed/follow-up           403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/agreed/follow-up           403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/agreed/later/<uuid:line_id> 403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/agreed/let-go/<uuid:begun_id> 403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/agreed/referral            403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/agreed/referral            403 403 200 403 403 401
GET  /conversations/now/<uuid:draft_id>/agreed/today               403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/agreed/today               403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/cards/<card_code>          403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/cards/<card_code>          403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/cards/<card_code>/choose   403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/cards/<card_code>/typing   403 403 204 403 403 401
GET  /conversations/now/<uuid:draft_id>/ending                     403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/ending                     403 403 200 403 403 401
POST /conversations/now/<uuid:draft_id>/here                       403 403 204 403 403 401
GET  /conversations/now/<uuid:draft_id>/only-copy                  403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/only-copy                  403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/paper                      403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/paper                      403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/paper/day                  403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/paper/pdf                  403 403 303 403 403 302
GET  /conversations/now/<uuid:draft_id>/plan                       403 403 200 403 403 302
GET  /conversations/now/<uuid:draft_id>/plan/<uuid:line_id>        403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/plan/<uuid:line_id>        403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/<uuid:line_id>/move   403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/<uuid:line_id>/remove 403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/add                   403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/goal                  403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/layout                403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/sign-off              403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/plan/undo                  403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/rest                       403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/resting                    403 403 200 403 403 302
GET  /conversations/now/<uuid:draft_id>/together                   403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/together/hand-out          403 403 200 403 403 401
GET  /conversations/now/<uuid:draft_id>/together/items             403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/together/items             403 403 200 403 403 401
GET  /conversations/now/<uuid:draft_id>/together/teach-back        403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/together/teach-back        403 403 303 403 403 401
POST /conversations/now/<uuid:draft_id>/together/undo/<uuid:distribution_id> 403 403 303 403 403 401
GET  /conversations/now/<uuid:draft_id>/wake                       403 403 303 403 403 302
GET  /conversations/now/<uuid:draft_id>/wishes                     403 403 200 403 403 302
POST /conversations/now/<uuid:draft_id>/wishes                     403 403 303 403 403 401
GET  /conversations/reflect                                        403 403 200 403 403 302
POST /conversations/reflect                                        403 403 302 403 403 401
GET  /conversations/reflections                                    403 403 200 403 403 302
POST /conversations/reflections/<uuid:reflection_id>/erase         403 403 302 403 403 401
GET  /coverage                                                     403 403 403 200 403 302
POST /directory/closures/<uuid:closure_id>/end                     403 403 403 302 403 401
GET  /directory/duplicates                                         403 403 403 200 403 302
GET  /directory/duplicates/<uuid:first_id>/<uuid:second_id>        403 403 403 200 403 302
POST /directory/duplicates/<uuid:first_id>/<uuid:second_id>/keep-both 403 403 403 302 403 401
POST /directory/duplicates/<uuid:first_id>/<uuid:second_id>/merge  403 403 403 302 403 401
GET  /directory/export                                             403 403 403 200 403 302
POST /directory/export                                             403 403 403 200 403 401
GET  /directory/history/<uuid:service_id>                          403 200 200 200 403 302
GET  /directory/hotlines                                           403 403 403 200 403 302
GET  /directory/hotlines/<uuid:hotline_id>                         403 403 403 200 403 302
POST /directory/hotlines/<uuid:hotline_id>                         403 403 403 200 403 401
POST /directory/hotlines/<uuid:hotline_id>/confirm                 403 403 403 302 403 401
GET  /directory/hotlines/new                                       403 403 403 200 403 302
POST /directory/hotlines/new                                       403 403 403 200 403 401
GET  /directory/import                                             403 403 403 200 403 302
POST /directory/import                                             403 403 403 200 403 401
GET  /directory/import/<uuid:import_id>                            403 403 403 200 403 302
POST /directory/import/<uuid:import_id>/columns                    403 403 403 302 403 401
POST /directory/import/<uuid:import_id>/confirm                    403 403 403 409 403 401
POST /directory/import/<uuid:import_id>/continue                   403 403 403 302 403 401
POST /directory/import/<uuid:import_id>/leave                      403 403 403 302 403 401
GET  /directory/import/<uuid:import_id>/refused.csv                403 403 403 200 403 302
GET  /directory/review                                             403 200 200 200 403 302
GET  /directory/services/<uuid:service_id>/closures                403 403 403 200 403 302
POST /directory/services/<uuid:service_id>/closures                403 403 403 200 403 401
POST /directory/services/<uuid:service_id>/confirm                 403 302 302 302 403 401
GET  /directory/services/<uuid:service_id>/edit                    403 403 403 200 403 302
POST /directory/services/<uuid:service_id>/edit                    403 403 403 200 403 401
POST /directory/services/<uuid:service_id>/part                    403 403 403 409 403 401
GET  /directory/services/new                                       403 403 403 200 403 302
POST /directory/services/new                                       403 403 403 200 403 401
GET  /directory/suggestions                                        403 403 403 200 403 302
POST /directory/suggestions/<uuid:suggestion_id>/decline           403 403 403 302 403 401
POST /directory/suggestions/<uuid:suggestion_id>/take              403 403 403 302 403 401
GET  /embed/find                                                   200 200 200 200 200 200
GET  /embed/map                                                    200 200 200 200 200 200
GET  /field/app/<app_version>/<module>.js                           200 200 200 200 200 200
POST /field/kit                                                     200 200 200 200 403 401
GET  /field/manifest.json                                           200 200 200 200 200 200
POST /field/sync                                                    200 200 200 200 403 401
GET  /field/worker.js                                               200 200 200 200 200 200
GET  /find/                                                        200 200 200 200 200 200
GET  /find/<uuid:service_id>                                       200 200 200 200 200 200
GET  /find/<uuid:service_id>/slip                                  200 200 200 200 200 200
GET  /find/<uuid:service_id>/suggest                               200 200 200 200 200 200
POST /find/<uuid:service_id>/suggest                               200 200 200 200 200 200
GET  /find/area                                                    200 200 200 200 200 200
GET  /find/area/poster                                             200 200 200 200 200 200
GET  /find/embed                                                   200 200 200 200 200 200
GET  /find/hotlines                                                200 200 200 200 200 200
GET  /find/near                                                    302 302 302 302 302 302
POST /find/near                                                    302 302 302 302 302 302
GET  /find/offline.js                                              200 200 200 200 200 200
GET  /find/places                                                  200 200 200 200 200 200
GET  /find/saved                                                   200 200 200 200 200 200
GET  /find/suggest                                                 200 200 200 200 200 200
POST /find/suggest                                                 200 200 200 200 200 200
GET  /find/suggest/thanks                                          200 200 200 200 200 200
GET  /first-run                                                    302 302 302 302 302 302
POST /first-run                                                    302 302 302 302 302 302
GET  /first-run/next                                               403 403 403 403 200 302
GET  /hand-out                                                     200 200 200 200 403 302
POST /hand-out                                                     200 200 200 200 403 401
POST /hand-out/<uuid:distribution_id>/undo                         302 302 302 302 403 401
GET  /hand-out/<uuid:distribution_id>/void                         200 200 200 200 403 302
POST /hand-out/<uuid:distribution_id>/void                         200 200 200 200 403 401
GET  /hand-out/items                                               200 200 200 200 403 302
POST /hand-out/items                                               200 200 200 200 403 401
GET  /hand-outs                                                    403 403 403 200 403 302
GET  /hand-out/place                                               200 200 200 200 403 302
POST /hand-out/place                                               302 302 302 302 403 401
GET  /healthz                                                      200 200 200 200 200 200
GET  /help/roles                                                   200 200 200 200 200 302
GET  /hsds/                                                        200 200 200 200 200 200
GET  /hsds/<records>                                               200 200 200 200 200 200
GET  /hsds/<records>/<hsds_id>                                     200 200 200 200 200 200
GET  /hsds/datapackage.zip                                         200 200 200 200 200 200
GET  /hsds/guide                                                   200 200 200 200 200 200
GET  /hsds/openapi.json                                            200 200 200 200 200 200
GET  /hsds/profile                                                 200 200 200 200 200 200
GET  /instruments/                                                 403 403 200 403 403 302
GET  /instruments/<instrument>                                     403 403 200 403 403 302
POST /instruments/<instrument>                                     403 403 200 403 403 401
POST /instruments/<instrument>/keep                                403 403 302 403 403 401
GET  /instruments/kept/<uuid:result_id>                            403 403 200 403 403 302
POST /instruments/kept/<uuid:result_id>/erase                      403 403 302 403 403 401
GET  /language/<code>                                              302 302 302 302 302 302
GET  /map                                                          200 200 200 200 200 200
GET  /map/ground/<version>/<part>                                  200 200 200 200 200 200
GET  /map/points.json                                              200 200 200 200 200 200
GET  /map/script.js                                                200 200 200 200 200 200
GET  /map/service                                                  302 302 302 302 302 302
GET  /naloxone/                                                    403 200 200 200 403 302
POST /naloxone/                                                    403 302 302 302 403 401
GET  /partner/<partner_token>                                      200 200 200 200 200 200
POST /partner/<partner_token>                                      200 200 200 200 200 200
GET  /phones/                                                      403 403 403 200 200 302
GET  /phones/<uuid:device_id>                                      403 403 403 200 200 302
POST /phones/<uuid:device_id>/end-access                           403 403 403 302 302 401
POST /phones/<uuid:device_id>/gaps                                 403 403 403 302 302 401
POST /phones/<uuid:device_id>/rename                               403 403 403 200 200 401
GET  /phones/import                                                403 403 403 200 403 302
POST /phones/import                                                403 403 403 200 403 401
GET  /phones/review/                                               403 403 403 200 403 302
GET  /phones/review/<uuid:record_id>                               403 403 403 200 403 302
POST /phones/review/<uuid:record_id>/again                         403 403 403 302 403 401
POST /phones/review/<uuid:record_id>/aside                         403 403 403 200 403 401
POST /phones/review/<uuid:record_id>/others/<uuid:variant_id>      403 403 403 302 403 401
POST /phones/review/<uuid:record_id>/save                          403 403 403 200 403 401
GET  /privacy                                                      200 200 200 200 200 200
GET  /privacy/reveal                                               200 200 200 200 200 200
GET  /questions/                                                   403 403 403 200 403 302
GET  /questions/profile                                            403 403 403 200 403 302
GET  /questions/profile/<question>                                 403 403 403 200 403 302
POST /questions/profile/<question>                                 403 403 403 200 403 401
POST /questions/profile/<question>/off                             403 403 403 302 403 401
GET  /queue/                                                       200 200 200 200 403 302
POST /queue/<uuid:entry_id>                                        302 302 302 302 403 401
POST /queue/add                                                    302 302 302 302 403 401
POST /queue/code                                                   403 200 200 200 403 401
GET  /queue/days                                                   403 403 403 200 403 302
GET  /queue/screen                                                 200 200 200 200 403 302
GET  /quiet                                                         200 200 200 200 200 200
GET  /referrals/                                                   403 200 200 200 403 302
GET  /referrals/<uuid:referral_id>                                 403 200 200 200 403 302
POST /referrals/<uuid:referral_id>/barriers                        403 302 302 302 403 401
GET  /referrals/<uuid:referral_id>/made                            403 200 200 200 403 302
POST /referrals/<uuid:referral_id>/no-contact                      403 302 302 302 403 401
POST /referrals/<uuid:referral_id>/notes                           403 200 200 200 403 401
POST /referrals/<uuid:referral_id>/quick                           403 302 302 302 403 401
GET  /referrals/<uuid:referral_id>/share                           403 200 200 200 403 302
POST /referrals/<uuid:referral_id>/share                           403 200 200 200 403 401
POST /referrals/<uuid:referral_id>/sharing/<uuid:consent_id>/end   403 302 302 302 403 401
GET  /referrals/<uuid:referral_id>/slip                            403 200 200 200 403 302
GET  /referrals/<uuid:referral_id>/step                            403 200 200 200 403 302
POST /referrals/<uuid:referral_id>/step                            403 200 200 200 403 401
GET  /referrals/figures                                            403 403 403 200 403 302
GET  /referrals/figures.csv                                        403 403 403 200 403 302
POST /referrals/find                                               403 302 302 302 403 401
GET  /referrals/new                                                403 200 200 200 403 302
POST /referrals/new                                                403 200 200 200 403 401
GET  /report-back                                                  200 200 200 200 200 302
GET  /report-back/<quarter_code>/poster                            200 200 200 200 200 302
POST /report-back/<quarter_code>/release                           403 403 403 302 403 401
GET  /reports/history                                              403 403 403 200 403 302
POST /reports/history                                              403 403 403 200 403 401
GET  /reports/history/<uuid:staged_id>                             403 403 403 200 403 302
POST /reports/history/<uuid:staged_id>/cancel                      403 403 403 302 403 401
POST /reports/history/<uuid:staged_id>/confirm                     403 403 403 409 403 401
POST /reports/history/<uuid:staged_id>/matching                    403 403 403 302 403 401
GET  /reports/history/<uuid:staged_id>/refused.csv                 403 403 403 200 403 302
GET  /reports/totals                                               403 403 403 200 403 302
GET  /reports/totals.csv                                           403 403 403 200 403 302
GET  /reversals/                                                   403 200 200 200 403 302
GET  /reversals/<uuid:report_id>                                   403 200 200 200 403 302
POST /reversals/<uuid:report_id>/count                             403 403 403 302 403 401
POST /reversals/<uuid:report_id>/cut-loose                         403 302 302 302 403 401
POST /reversals/<uuid:report_id>/put-aside                         403 403 403 302 403 401
POST /reversals/<uuid:report_id>/put-back                          403 403 403 302 403 401
GET  /reversals/figures                                            403 403 403 200 403 302
POST /reversals/kit                                                403 302 302 302 403 401
GET  /reversals/new                                                403 200 200 200 403 302
POST /reversals/new                                                403 200 200 200 403 401
GET  /reversals/poster                                             403 200 200 200 403 302
GET  /reversals/review                                             403 403 403 200 403 302
POST /reversals/same                                               403 403 403 302 403 401
GET  /reversals/saved                                              403 200 200 200 403 302
GET  /reversals/talk/<uuid:talk_id>                                403 200 200 200 403 302
POST /reversals/talk/<uuid:talk_id>                                403 200 200 200 403 401
GET  /reversals/visit/<uuid:visit_id>                              403 200 200 200 403 302
POST /reversals/visit/<uuid:visit_id>                              403 200 200 200 403 401
GET  /settings                                                     403 403 403 403 200 302
POST /settings                                                     403 403 403 403 200 401
GET  /settings/codes                                               403 403 403 403 200 302
POST /settings/codes                                               403 403 403 403 200 401
GET  /settings/directory                                           403 403 403 403 200 302
POST /settings/directory                                           403 403 403 403 302 401
GET  /shift                                                        200 200 200 200 403 302
GET  /sign-in                                                      302 302 302 302 302 200
POST /sign-in                                                      200 200 200 200 200 200
GET  /sign-in/link/<token>                                         200 200 200 200 200 200
POST /sign-in/link/<token>                                         302 302 302 302 302 302
POST /sign-out                                                     302 302 302 302 302 302
GET  /sites/                                                       403 403 403 403 200 302
GET  /sites/<uuid:site_id>                                         403 403 403 403 200 302
POST /sites/<uuid:site_id>                                         403 403 403 403 302 401
POST /sites/<uuid:site_id>/close                                   403 403 403 403 302 401
POST /sites/<uuid:site_id>/reopen                                  403 403 403 403 302 401
GET  /sites/new                                                    403 403 403 403 200 302
POST /sites/new                                                    403 403 403 403 200 401
GET  /static/<path:filename>                                       200 200 200 200 200 200
GET  /stock/                                                       403 200 200 200 403 302
GET  /stock/<uuid:location_id>                                     403 200 200 200 403 302
GET  /stock/<uuid:location_id>/adjust                              403 200 200 200 403 302
POST /stock/<uuid:location_id>/adjust                              403 200 200 200 403 401
GET  /stock/<uuid:location_id>/came-back                           403 200 200 200 403 302
POST /stock/<uuid:location_id>/came-back                           403 200 200 200 403 401
GET  /stock/<uuid:location_id>/move                                403 200 200 200 403 302
POST /stock/<uuid:location_id>/move                                403 200 200 200 403 401
GET  /stock/<uuid:location_id>/opening                             403 200 200 200 403 302
POST /stock/<uuid:location_id>/opening                             403 200 200 200 403 401
GET  /stock/<uuid:location_id>/receive                             403 200 200 200 403 302
POST /stock/<uuid:location_id>/receive                             403 200 200 200 403 401
GET  /stock/<uuid:location_id>/waste                               403 200 200 200 403 302
POST /stock/<uuid:location_id>/waste                               403 200 200 200 403 401
GET  /stock/counts/                                               403 200 200 200 403 302
GET  /stock/counts/<uuid:count_id>                                403 200 200 200 403 302
POST /stock/counts/<uuid:count_id>                                403 302 302 302 403 401
POST /stock/counts/<uuid:count_id>/drop                           403 302 302 302 403 401
GET  /stock/counts/<uuid:count_id>/found                          403 200 200 200 403 302
POST /stock/counts/<uuid:count_id>/found                          403 200 200 200 403 401
GET  /stock/counts/<uuid:count_id>/review                         403 200 200 200 403 302
POST /stock/counts/<uuid:count_id>/review                         403 200 200 200 403 401
GET  /stock/counts/at/<uuid:location_id>                          403 200 200 200 403 302
POST /stock/counts/at/<uuid:location_id>                          403 302 302 302 403 401
GET  /stock/points/                                               403 200 200 200 403 302
GET  /stock/points/<uuid:point_id>/top-up                         403 200 200 200 403 302
POST /stock/points/<uuid:point_id>/top-up                         403 302 302 302 403 401
GET  /stock/points/<uuid:point_id>/visit                          403 200 200 200 403 302
POST /stock/points/<uuid:point_id>/visit                          403 302 302 302 403 401
GET  /stock/shifts/                                               403 200 200 200 403 302
GET  /stock/shifts/<uuid:shift_id>                                403 200 200 200 403 302
GET  /stock/shifts/<uuid:shift_id>/close-out                      403 200 200 200 403 302
POST /stock/shifts/<uuid:shift_id>/close-out                      403 302 302 302 403 401
GET  /stock/shifts/at/<uuid:van_id>                               403 200 200 200 403 302
POST /stock/shifts/at/<uuid:van_id>                               403 302 302 302 403 401
POST /stock/discrepancies/<uuid:discrepancy_id>/close              403 403 403 302 403 401
GET  /stock/items/                                                 403 403 403 200 403 302
GET  /stock/items/<uuid:item_id>                                   403 403 403 200 403 302
POST /stock/items/<uuid:item_id>                                   403 403 403 200 403 401
GET  /stock/items/new                                              403 403 403 200 403 302
POST /stock/items/new                                              403 403 403 200 403 401
GET  /stock/<uuid:location_id>/heat                                403 200 200 200 403 302
POST /stock/<uuid:location_id>/heat                                403 200 200 200 403 401
GET  /stock/dates                                                  403 200 200 200 403 302
POST /stock/dates/seen                                             403 302 302 302 403 401
GET  /stock/heat                                                   403 200 200 200 403 302
POST /stock/heat/<uuid:flag_id>/clear                              403 302 302 302 403 401
GET  /stock/items/<uuid:item_id>/merge                             403 403 403 200 403 302
POST /stock/items/<uuid:item_id>/merge                             403 403 403 200 403 401
GET  /stock/lots/<uuid:lot_id>/date                                403 403 403 200 403 302
POST /stock/lots/<uuid:lot_id>/date                                403 403 403 200 403 401
GET  /stock/lots/<uuid:lot_id>/merge                               403 403 403 200 403 302
POST /stock/lots/<uuid:lot_id>/merge                               403 403 403 200 403 401
GET  /stock/lots/<uuid:lot_id>/status                              403 403 403 200 403 302
POST /stock/lots/<uuid:lot_id>/status                              403 403 403 200 403 401
POST /stock/moves/<uuid:fact_id>/take-back                         403 302 302 302 403 401
POST /stock/items/<uuid:item_id>/codes                             403 403 403 200 403 401
POST /stock/items/<uuid:item_id>/stand-ins                         403 403 403 200 403 401
POST /stock/items/codes/<uuid:code_id>/remove                      403 403 403 302 403 401
GET  /stock/lists/                                                 403 403 403 200 403 302
GET  /stock/lists/groups/<group>                                   403 403 403 200 403 302
POST /stock/lists/groups/<group>                                   403 403 403 200 403 401
GET  /stock/lists/groups/new                                       403 403 403 200 403 302
POST /stock/lists/groups/new                                       403 403 403 200 403 401
GET  /stock/lists/reasons/<uuid:reason_id>                         403 403 403 200 403 302
POST /stock/lists/reasons/<uuid:reason_id>                         403 403 403 200 403 401
GET  /stock/lists/reasons/new                                      403 403 403 200 403 302
POST /stock/lists/reasons/new                                      403 403 403 200 403 401
POST /stock/lists/rules/<uuid:rule_id>/end                         403 403 403 302 403 401
GET  /stock/lists/sources/<uuid:source_id>                         403 403 403 200 403 302
POST /stock/lists/sources/<uuid:source_id>                         403 403 403 302 403 401
POST /stock/lists/sources/<uuid:source_id>/rules                   403 403 403 200 403 401
GET  /stock/lists/sources/new                                      403 403 403 200 403 302
POST /stock/lists/sources/new                                      403 403 403 200 403 401
GET  /stock/recalls/                                              403 200 200 200 403 302
GET  /stock/recalls/<uuid:recall_id>                              403 200 200 200 403 302
GET  /stock/recalls/<uuid:recall_id>/edit                         403 403 403 200 403 302
POST /stock/recalls/<uuid:recall_id>/edit                         403 403 403 200 403 401
GET  /stock/recalls/<uuid:recall_id>/notice                       200 200 200 200 403 302
GET  /stock/recalls/<uuid:recall_id>/release                      403 403 403 200 403 302
POST /stock/recalls/<uuid:recall_id>/release                      403 403 403 302 403 401
GET  /stock/recalls/<uuid:recall_id>/trace.csv                    403 403 403 200 403 302
GET  /stock/recalls/<uuid:recall_id>/trace.xlsx                   403 403 403 200 403 302
GET  /stock/recalls/lots/<uuid:lot_id>                            403 200 200 200 403 302
GET  /stock/recalls/new                                           403 403 403 200 403 302
POST /stock/recalls/new                                           403 403 403 200 403 401
GET  /stock/scan/                                                  200 200 200 200 403 302
POST /stock/scan/                                                  200 200 200 200 403 401
POST /stock/scan/teach                                             403 403 403 200 403 401
GET  /hand-out/usual/                                              403 403 403 200 403 302
GET  /hand-out/usual/<uuid:tile_id>                                403 403 403 200 403 302
POST /hand-out/usual/<uuid:tile_id>                                403 403 403 200 403 401
GET  /hand-out/usual/new                                           403 403 403 200 403 302
POST /hand-out/usual/new                                           403 403 403 200 403 401
GET  /stock/opening/                                               403 403 403 200 403 302
POST /stock/opening/                                               403 403 403 200 403 401
POST /stock/opening/book                                           403 403 403 302 403 401
GET  /stock/opening/sheet.csv                                      403 403 403 200 403 302
GET  /stock/kits/                                                  403 200 200 200 403 302
GET  /stock/kits/<uuid:kit_id>                                     403 200 200 200 403 302
GET  /stock/kits/<uuid:kit_id>/pack                                403 200 200 200 403 302
POST /stock/kits/<uuid:kit_id>/pack                                403 200 200 200 403 401
GET  /stock/kits/<uuid:kit_id>/recipe                              403 403 403 200 403 302
POST /stock/kits/<uuid:kit_id>/recipe                              403 403 403 200 403 401
GET  /stock/kits/lots/<uuid:kit_lot_id>/<uuid:location_id>/apart   403 200 200 200 403 302
POST /stock/kits/lots/<uuid:kit_lot_id>/<uuid:location_id>/apart   403 200 200 200 403 401
GET  /stock/kits/lots/<uuid:kit_lot_id>/labels                     403 200 200 200 403 302
GET  /stock/kits/new                                               403 403 403 200 403 302
POST /stock/kits/new                                               403 403 403 200 403 401
GET  /stock/kits/packed/<uuid:packing_id>                          403 200 200 200 403 302
GET  /stock/orders/                                               403 200 200 200 403 302
GET  /stock/orders/<uuid:location_id>                             403 200 200 200 403 302
POST /stock/orders/<uuid:location_id>                             403 200 200 200 403 401
POST /stock/orders/<uuid:location_id>/download                    403 403 403 200 403 401
GET  /stock/orders/<uuid:location_id>/items/<uuid:item_id>        403 200 200 200 403 302
GET  /stock/orders/<uuid:location_id>/levels                      403 403 403 200 403 302
POST /stock/orders/<uuid:location_id>/levels                      403 403 403 302 403 401
GET  /stock/orders/left-over                                      403 200 200 200 403 302
GET  /stock/partners/                                              403 200 200 200 403 302
GET  /stock/partners/<uuid:partner_id>                             403 200 200 200 403 302
GET  /stock/partners/<uuid:partner_id>/handed-on                   403 200 200 200 403 302
POST /stock/partners/<uuid:partner_id>/handed-on                   403 200 200 200 403 401
GET  /stock/shipments/                                             403 200 200 200 403 302
GET  /stock/shipments/<uuid:shipment_id>                           403 200 200 200 403 302
POST /stock/shipments/<uuid:shipment_id>/accept                    403 200 200 200 403 401
GET  /stock/discrepancies/                                             403 200 200 200 403 302
GET  /stock/discrepancies/<uuid:discrepancy_id>                        403 200 200 200 403 302
GET  /stock/lots/<uuid:lot_id>                                         403 200 200 200 403 302
GET  /stock/lots/<uuid:lot_id>/on-a-day                                403 200 200 200 403 302
GET  /stock/on-hand                                                    403 200 200 200 403 302
GET  /stock/on-hand.csv                                                403 403 403 200 403 302
GET  /stock/on-hand.xlsx                                               403 403 403 200 403 302
GET  /stock/places/<uuid:location_id>                                  403 403 403 200 403 302
POST /stock/places/<uuid:location_id>                                  403 403 403 302 403 401
POST /stock/places/<uuid:location_id>/close                            403 403 403 302 403 401
POST /stock/places/<uuid:location_id>/reopen                           403 403 403 302 403 401
GET  /stock/places/new                                             403 403 403 200 403 302
POST /stock/places/new                                             403 403 403 200 403 401
GET  /stock/requests/                                             403 200 200 200 403 302
GET  /stock/requests/<uuid:request_id>                            403 200 200 200 403 302
GET  /stock/requests/<uuid:request_id>/approve                    403 403 403 200 403 302
POST /stock/requests/<uuid:request_id>/approve                    403 403 403 200 403 401
GET  /stock/requests/<uuid:request_id>/change                     403 200 200 200 403 302
POST /stock/requests/<uuid:request_id>/change                     403 200 200 200 403 401
POST /stock/requests/<uuid:request_id>/close                      403 302 302 302 403 401
GET  /stock/requests/<uuid:request_id>/decline                    403 403 403 200 403 302
POST /stock/requests/<uuid:request_id>/decline                    403 403 403 200 403 401
GET  /stock/requests/<uuid:request_id>/send                       403 403 403 200 403 302
POST /stock/requests/<uuid:request_id>/send                       403 403 403 200 403 401
POST /stock/requests/<uuid:request_id>/submit                     403 302 302 302 403 401
GET  /stock/requests/new                                          403 200 200 200 403 302
POST /stock/requests/new                                          403 200 200 200 403 401
GET  /team/                                                        403 403 403 403 200 302
GET  /team/<uuid:account_id>                                       403 403 403 403 200 302
POST /team/<uuid:account_id>                                       403 403 403 403 302 401
POST /team/<uuid:account_id>/end-access                            403 403 403 403 302 401
POST /team/<uuid:account_id>/link                                  403 403 403 403 200 401
POST /team/<uuid:account_id>/restore-access                        403 403 403 403 302 401
POST /team/<uuid:account_id>/sessions/<uuid:session_id>/end        403 403 403 403 302 401
POST /team/<uuid:account_id>/sessions/end                          403 403 403 403 302 401
GET  /team/new                                                     403 403 403 403 200 302
POST /team/new                                                     403 403 403 403 200 401
GET  /journey/figures                                              403 403 403 200 403 302
GET  /journey/steps/                                               403 403 403 200 403 302
GET  /journey/steps/<uuid:step_id>                                 403 403 403 200 403 302
POST /journey/steps/<uuid:step_id>                                 403 403 403 302 403 401
POST /journey/steps/<uuid:step_id>/move                            403 403 403 302 403 401
GET  /journey/steps/new                                            403 403 403 200 403 302
POST /journey/steps/new                                            403 403 403 200 403 401
GET  /participants/                                                403 403 200 200 403 302
GET  /participants/<uuid:participant_id>                           403 200 200 200 403 302
GET  /participants/<uuid:participant_id>/connections               403 200 200 200 403 302
POST /participants/<uuid:participant_id>/connections               403 302 302 302 403 401
GET  /participants/<uuid:participant_id>/conversations             403 403 200 403 403 302
GET  /participants/<uuid:participant_id>/forget                    403 200 200 200 403 302
POST /participants/<uuid:participant_id>/forget                    403 302 302 302 403 401
GET  /participants/<uuid:participant_id>/journey                   403 200 200 200 403 302
GET  /participants/<uuid:participant_id>/journey/<uuid:step_id>    403 200 200 200 403 302
POST /participants/<uuid:participant_id>/journey/<uuid:step_id>    403 302 302 302 403 401
POST /participants/<uuid:participant_id>/journey/<uuid:step_id>/barriers 403 302 302 302 403 401
POST /participants/<uuid:participant_id>/journey/<uuid:step_id>/take-back 403 302 302 302 403 401
GET  /participants/<uuid:participant_id>/profile                   403 200 200 200 403 302
POST /participants/<uuid:participant_id>/profile                   403 302 302 302 403 401
POST /participants/<uuid:participant_id>/profile/erase             403 302 302 302 403 401
POST /participants/<uuid:participant_id>/visit                     403 302 302 302 403 401
POST /referrals/<uuid:referral_id>/part                            403 302 302 302 403 401
GET  /today                                                        403 403 403 200 403 302
GET  /used                                                         200 200 200 200 200 200
POST /used                                                         200 200 200 200 200 200
GET  /used/thanks                                                  200 200 200 200 200 200
GET  /vendor/<release>/<asset>                                     200 200 200 200 200 200
GET  /visits/<uuid:visit_id>                                       200 200 200 200 403 302
GET  /visits/<uuid:visit_id>/code                                  403 200 200 200 403 302
POST /visits/<uuid:visit_id>/code                                  403 200 200 200 403 401
GET  /visits/<uuid:visit_id>/details                               200 200 200 200 403 302
POST /visits/<uuid:visit_id>/details                               302 302 302 302 403 401
POST /visits/<uuid:visit_id>/leave                                 302 302 302 302 403 401
GET  /visits/<uuid:visit_id>/need                                  403 200 200 200 403 302
POST /visits/<uuid:visit_id>/need                                  403 302 302 302 403 401
POST /visits/<uuid:visit_id>/no-code                               403 302 302 302 403 401
GET  /what-we-did-together                                         200 200 200 200 200 200
"""

EXPECTED = {
    (method, path): dict(zip(WHO, map(int, statuses.split()), strict=True))
    for method, path, statuses in (line.split(maxsplit=2) for line in TABLE.strip().splitlines())
}
ROWS = list(EXPECTED)
OPENS = {200, 204, 302, 303, 409}

OF_A_SITE = (
    r"<uuid:(location|distribution|visit|fact|partner|shipment|packing|referral|flag|count|shift|van|point"
    r"|entry|report|talk|event|collection|peer_report)_id>"
)
THINGS_OF_A_SITE = [row for row in ROWS if re.search(OF_A_SITE, row[1])]
SEES_ONE_SITE = (Role.VOLUNTEER, Role.OUTREACH_WORKER, Role.CLINICIAN)
NOT_AN_ID = {"group", "code", "token", "partner_token", "filename"}  # a language, a link that works once, a static file
NOT_AN_ID |= {"records", "hsds_id"}  # as the official standard names them
NOT_AN_ID |= {"instrument"}  # which of five, and no result
NOT_AN_ID |= {"release", "asset", "version", "part"}  # files that stay the same under their address
NOT_AN_ID |= {"app_version", "module"}  # files of the log page, which stay the same under their address too
NOT_AN_ID |= {"quarter_code", "question", "card_code", "step_code"}  # 2026-Q3, a question of the profile, a card

SENT_BY_PHONES = {"/field/kit": {"public_key": new_public_key()}, "/field/sync": {"records": []}}

FROM_ANOTHER_SITE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://another.example"},
    {"Origin": "null"},
    {},
)
FROM_HERE = ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"})


def rule_of(world: World, method: str, path: str) -> Rule:
    """Return the rule of a row."""
    return next(rule for found, rule in walk(world.app) if (found, rule.rule) == (method, path))


def send(world: World, method: str, address: str, who: str, headers: dict[str, str] | None = None) -> TestResponse:
    """Open an address, or send it an empty form, in the browser of somebody; the programme is as it was made."""
    world.start_over()
    sent: dict[str, object] = {}
    if method == "POST":
        form = {"location": world.north.ids["location_id"]} if address.endswith("/take-back") else {}
        sent = {"json": SENT_BY_PHONES[address]} if address in SENT_BY_PHONES else {"data": form}
    headers = {"Sec-Fetch-Site": "same-origin"} if headers is None else headers
    browser = world.browser(who, kind=FlaskClient)
    return browser.open(address, method=method, **sent, headers=headers, buffered=True)


def test_every_route_has_a_row_and_every_row_a_route(app):
    assert {(method, rule.rule) for method, rule in walk(app)} == EXPECTED.keys()


def test_every_view_says_who_may_open_it(app):
    silent = {name for name, view in app.view_functions.items() if audience_of(view) is None}
    assert silent == set()


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_each_role_gets_the_answer_of_its_column(built_world, method, path):
    rule = rule_of(built_world, method, path)
    answers = {who: send(built_world, method, built_world.address(rule, who), who).status_code for who in WHO}
    assert answers == EXPECTED[method, path]


LOOKS_FOR_ITSELF = {("POST", "/field/sync")}  # a phone may send without anybody signed in; see tests/sync


def test_the_table_says_what_the_roles_say(app):
    for method, rule in walk(app):
        audience = audience_of(app.view_functions[rule.endpoint])
        if (method, rule.rule) in LOOKS_FOR_ITSELF:
            continue
        for who, status in EXPECTED[method, rule.rule].items():
            if audience in (PUBLIC, SIGNED_IN):
                may_open = who != NOBODY or audience == PUBLIC
            else:
                may_open = who != NOBODY and audience in ROLES[Role(who)].permissions
            has_opened = status in OPENS and not (who == NOBODY and status == 302 and audience != PUBLIC)
            assert has_opened == may_open, f"{method} {rule.rule} as {who}"


@pytest.mark.parametrize(("method", "path"), THINGS_OF_A_SITE)
def test_what_lies_at_another_site_is_as_good_as_none(built_world, method, path):
    rule = rule_of(built_world, method, path)
    for who in SEES_ONE_SITE:
        answer = send(built_world, method, built_world.address(rule, who, place=built_world.south), who)
        assert answer.status_code == (404 if EXPECTED[method, path][who] in OPENS else 403), who
    if method == "GET":
        address = built_world.address(rule, Role.PROGRAMME_LEAD, place=built_world.south)
        assert send(built_world, method, address, Role.PROGRAMME_LEAD).status_code == 200


@pytest.mark.parametrize("who", list(Role))
def test_the_session_of_somebody_else_is_as_good_as_none(built_world, who):
    session_id = built_world.south.own[Role.OUTREACH_WORKER]["session_id"]
    assert send(built_world, "POST", f"/account/sessions/{session_id}/end", who).status_code == 404


@pytest.mark.parametrize(("method", "path"), [row for row in ROWS if "<uuid:" in row[1]])
def test_what_is_not_there_is_not_found(built_world, method, path):
    for who in WHO:
        if EXPECTED[method, path][who] in OPENS and who != NOBODY:
            nowhere = re.sub(r"<uuid:\w+>", lambda _: str(uuid4()), path)
            assert send(built_world, method, nowhere, who).status_code == 404, who
            no_id = re.sub(r"<uuid:\w+>", "17", path)
            assert send(built_world, method, no_id, who).status_code == 404, who


@pytest.mark.parametrize(("method", "path"), [row for row in ROWS if row[0] not in SAFE_METHODS])
def test_what_another_website_sends_is_not_accepted(built_world, monkeypatch, method, path):
    monkeypatch.setitem(built_world.app.config, "WTF_CSRF_ENABLED", True)  # refused before any token is looked at
    who = next((who for who in WHO if EXPECTED[method, path][who] in OPENS), NOBODY)
    address = built_world.address(rule_of(built_world, method, path), who)
    for headers in FROM_ANOTHER_SITE:
        answer = send(built_world, method, address, who, headers)
        assert (answer.status_code, "another website" in answer.text) == (403, True), headers


@pytest.mark.parametrize("headers", FROM_HERE)
def test_what_this_website_sends_is_accepted(built_world, headers):
    assert send(built_world, "POST", "/account/sessions/end-others", Role.CLINICIAN, headers).status_code == 302


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MERGE"])
def test_what_another_website_sends_to_an_address_that_is_not_there_is_not_accepted_either(built_world, method):
    assert send(built_world, method, "/nowhere", NOBODY, {"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_form_without_its_token_is_not_accepted(built_world, monkeypatch):
    monkeypatch.setitem(built_world.app.config, "WTF_CSRF_ENABLED", True)
    answer = send(built_world, "POST", "/sign-in", NOBODY)
    assert (answer.status_code, "nothing was saved. Go back, reload" in answer.text) == (400, True)
    answer = send(built_world, "POST", "/account/sessions/end-others", Role.CLINICIAN)
    assert (answer.status_code, "/account/sessions/end-others" in answer.text) == (400, True)  # to be sent again


def test_addresses_are_words_joined_by_hyphens(app):
    word = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(csv|js|json|xlsx|zip))?")
    for _method, rule in walk(app):
        words = [part for part in rule.rule.strip("/").split("/") if part and not part.startswith("<")]
        assert all(word.fullmatch(part) for part in words), rule.rule


def test_an_address_names_things_by_their_random_ids(app):
    for _method, rule in walk(app):
        for converter, name in re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", rule.rule):
            assert converter == "uuid" or name in NOT_AN_ID, f"{rule.rule}: {name} is no <uuid:…>"


def test_a_route_that_changes_something_is_never_opened_by_a_link(app):
    deeds = re.compile(r"/(close|reopen|undo|take-back|end|end-\w+|restore-access|cancel|matching|sign-out)$")
    for method, rule in walk(app):
        assert method == "POST" or not deeds.search(rule.rule), rule.rule


def test_a_view_that_nobody_marked_is_closed(app, built_world, monkeypatch):
    view = app.view_functions["help.privacy"]
    monkeypatch.delattr(view, "audience")
    assert audience_of(view) is None
    answer = send(built_world, "GET", "/privacy", Role.ADMINISTRATOR)
    assert (answer.status_code, NotAllowed.__name__ in answer.text) == (403, False)
    assert send(built_world, "GET", "/privacy", NOBODY).status_code == 302
