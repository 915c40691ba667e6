"""Who may use what: every endpoint beside every person, with the answer each gets.

Li (ins) made the visits, a shopper (sho) the mystery ones; all took place at Shengli Road (out),
which belongs to Wuqi (sub). Wang (col), the reviewer (rev), Zhongxin Street (oth), another outlet
of Wuqi (nei) and another sub-branch (els) are strangers to them. 302, 303 and 401 in the first
column: the sign-in page. 404: it does not exist for you. 403: you may see it, but the step belongs
to others. 303 elsewhere: done.
"""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, product
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.findings.models import ReportPhoto
from inspector.notices.appeals import AppealPhoto
from inspector.notices.models import Notice
from inspector.notices.papers.cases import system_code_of
from inspector.offline.models import Stream
from inspector.people import calendar_links, password_links
from inspector.people.models import Person
from inspector.people.roster_import import plan_people
from inspector.people.uploads import Upload
from inspector.photos.models import Picture, keep
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, NEW_PASSWORD, PASSWORD, Cast
from tests.conftest import ClientOf
from tests.offline.unsent_file import contents, packed

TABLE = """
                                       str ins col sho rev out oth nei sub els cha lea adm
GET  health                            200 200 200 200 200 200 200 200 200 200 200 200 200
GET  static                            200 200 200 200 200 200 200 200 200 200 200 200 200
GET  manifest                          200 200 200 200 200 200 200 200 200 200 200 200 200
GET  launch.service_worker             200 200 200 200 200 200 200 200 200 200 200 200 200
GET  launch.offline                    200 200 200 200 200 200 200 200 200 200 200 200 200
GET  people.password        linked     200 200 200 200 200 200 200 200 200 200 200 200 200
POST people.password        linked     303 303 303 303 303 303 303 303 303 303 303 303 303
GET  people.password        forged     410 410 410 410 410 410 410 410 410 410 410 410 410
POST people.password        forged     410 410 410 410 410 410 410 410 410 410 410 410 410
GET  people.second_step                303 303 303 303 303 303 303 303 303 303 303 303 303
POST people.second_step                303 303 303 303 303 303 303 303 303 303 303 303 303
GET  account.show                      302 200 200 200 200 200 200 200 200 200 200 200 200
GET  account.password                  302 200 200 200 200 200 200 200 200 200 200 200 200
POST account.password                  303 303 303 303 303 303 303 303 303 303 303 303 303
POST account.end_session   seated      303 303 404 404 404 404 404 404 404 404 404 404 404
POST account.end_others                303 303 303 303 303 303 303 303 303 303 303 303 303
POST account.make_calendar_link        303 200 200 200 200 403 403 403 403 403 403 403 403
POST account.take_back_calendar_link   303 303 303 303 303 303 303 303 303 303 303 303 303
GET  second_factor.show                302 200 200 200 200 200 200 200 200 200 200 200 200
POST second_factor.begin               303 303 303 303 303 303 303 303 303 303 303 303 303
GET  second_factor.picture   pending   302 200 404 404 404 404 404 404 404 404 404 404 404
POST second_factor.confirm   pending   303 200 409 409 409 409 409 409 409 409 409 409 409
POST second_factor.renew_codes         303 409 409 409 409 409 409 409 409 409 409 409 409
POST second_factor.take_away           303 303 303 303 303 303 303 303 303 303 303 303 303
GET  people.sign_in                    200 302 302 302 302 302 302 302 302 302 302 302 302
POST people.sign_in                    422 302 302 302 302 302 302 302 302 302 302 302 302
GET  single_sign_on.begin              404 404 404 404 404 404 404 404 404 404 404 404 404
GET  single_sign_on.callback           404 404 404 404 404 404 404 404 404 404 404 404 404
POST single_sign_on.end                404 404 404 404 404 404 404 404 404 404 404 404 404
POST people.set_language               303 303 303 303 303 303 303 303 303 303 303 303 303
POST people.sign_out                   303 303 303 303 303 303 303 303 303 303 303 303 303
GET  home                              302 302 302 302 302 302 302 302 302 302 302 302 302

GET  accounts.index                    302 403 403 403 403 403 403 403 403 403 403 403 200
GET  accounts.new                      302 403 403 403 403 403 403 403 403 403 403 403 200
POST accounts.create                   303 403 403 403 403 403 403 403 403 403 403 403 200
GET  accounts.show     account         302 403 403 403 403 403 403 403 403 403 403 403 200
POST accounts.change   account         303 403 403 403 403 403 403 403 403 403 403 403 303
POST accounts.reset    account         303 403 403 403 403 403 403 403 403 403 403 403 200
POST accounts.close    account         303 403 403 403 403 403 403 403 403 403 403 403 303
POST accounts.reopen   account         303 403 403 403 403 403 403 403 403 403 403 403 303
POST accounts.let_unmask  account      303 403 403 403 403 403 403 403 403 403 403 403 303

GET  branches.new                      302 403 403 403 403 403 403 403 403 403 403 403 200
POST branches.create                   303 403 403 403 403 403 403 403 403 403 403 403 303
GET  branches.show                     302 403 403 403 403 403 403 403 403 403 403 403 200
POST branches.change                   303 403 403 403 403 403 403 403 403 403 403 403 303
GET  mergers.new                       302 403 403 403 403 403 403 403 403 403 403 403 200
POST mergers.create                    303 403 403 403 403 403 403 403 403 403 403 403 200
GET  imports.new                       302 403 403 403 403 403 403 403 403 403 403 403 200
POST imports.create                    303 403 403 403 403 403 403 403 403 403 403 403 303
GET  imports.show      upload          302 403 403 403 403 403 403 403 403 403 403 403 200
POST imports.confirm   upload          303 403 403 403 403 403 403 403 403 403 403 403 303
GET  imports.template                  302 403 403 403 403 403 403 403 403 403 403 403 200
GET  imports.export                    302 403 403 403 403 403 403 403 403 403 403 403 200

GET  people.branches                   302 200 200 200 200 200 200 200 200 200 200 200 200
GET  checklists.index                  302 200 200 200 200 200 200 200 200 200 200 200 200
GET  checklists.show                   302 200 200 200 200 200 200 200 200 200 200 200 200
GET  desk.board                        302 403 403 403 403 403 403 403 403 403 200 200 200

GET  desk.show_figures                 302 403 403 403 403 403 403 403 403 403 200 200 200
GET  desk.show_heatmap   table         302 403 403 403 403 200 200 200 200 200 200 200 200
GET  outlets.show        outlet        302 200 200 200 200 200 404 404 200 404 200 200 200
GET  outlets.show        sub-branch    302 404 404 404 404 404 404 404 404 404 404 404 404
GET  ledger.index                      302 200 200 200 200 200 200 200 200 200 200 200 200
GET  ledger.table           table      302 200 200 200 200 200 200 200 200 200 200 200 200
GET  ledger.confirm         ticked     302 403 403 403 403 403 403 403 403 403 422 403 403
POST ledger.act             ticked     303 403 403 403 403 403 403 403 403 403 200 403 403
POST saved_views.create                303 303 303 303 303 303 303 303 303 303 303 303 303
POST saved_views.change     view       303 404 404 404 404 404 404 404 404 404 303 404 404
POST saved_views.delete     view       303 404 404 404 404 404 404 404 404 404 303 404 404
GET  ledger.print_                     302 200 200 200 200 200 200 200 200 200 200 200 200

GET  plans.index                       302 403 403 403 403 403 403 403 403 403 302 302 302
GET  plans.show                        302 403 403 403 403 403 403 403 403 403 200 200 200
POST plans.set_targets                 303 403 403 403 403 403 403 403 403 403 303 403 403
POST plans.change       planned        303 403 403 403 403 403 403 403 403 403 303 403 403
GET  draws.new                         302 403 403 403 403 403 403 403 403 403 302 403 403
POST draws.keep                        303 403 403 403 403 403 403 403 403 403 303 403 403

GET  scores.index                      302 403 403 403 403 200 200 200 200 200 200 200 200
GET  scores.show         outlet        302 403 403 403 403 200 404 404 200 404 200 200 200
GET  scores.show         sub-branch    302 403 403 403 403 404 404 404 200 404 200 200 200
GET  scores.table        table         302 403 403 403 403 403 403 403 403 403 200 200 200
GET  figures.new         sub-branch    302 403 403 403 403 403 403 403 403 403 200 403 403
POST figures.create      sub-branch    303 403 403 403 403 403 403 403 403 403 303 403 403
GET  figures.show        figures       302 403 403 403 403 403 403 403 403 403 200 403 403
POST figures.confirm     figures       303 403 403 403 403 403 403 403 403 403 409 403 403
POST scores.enter_other  sub-branch    303 403 403 403 403 403 403 403 403 403 303 403 403
POST scores.freeze       unfrozen      303 403 403 403 403 403 403 403 403 403 303 403 403
POST scores.freeze       frozen        303 403 403 403 403 403 403 403 403 403 409 403 403
POST scores.give_back    frozen        303 403 403 403 403 403 403 403 403 403 403 303 403
POST scores.confirm      unfrozen      303 403 403 403 403 403 403 403 403 403 403 409 403
POST scores.confirm      frozen        303 403 403 403 403 403 403 403 403 403 403 303 403

GET  calendar.index                    302 200 200 200 200 403 403 403 403 403 200 200 200
GET  calendar.show                     302 200 200 200 200 403 403 403 403 403 200 200 200
GET  calendar.feed          followed   200 200 200 200 200 200 200 200 200 200 200 200 200
GET  calendar.feed          forged     404 404 404 404 404 404 404 404 404 404 404 404 404
GET  fitout.index                      302 403 403 403 403 403 403 403 403 403 200 200 200
GET  fitout.show           table       302 403 403 403 403 403 403 403 403 403 200 200 200
GET  fitout.outlets        table       302 403 403 403 403 403 403 403 403 403 200 200 200
GET  fitout.table          table       302 403 403 403 403 403 403 403 403 403 200 200 200

GET  briefings.index                   302 403 403 403 403 403 403 403 200 200 200 200 200
GET  briefings.show      briefing      302 403 403 403 403 403 403 403 200 404 200 200 200
GET  briefings.paper     briefing      302 403 403 403 403 403 403 403 200 404 200 200 200

GET  bulletins.index                   302 403 403 403 403 200 200 200 200 200 200 200 200
GET  bulletins.show      unfrozen      302 403 403 403 403 404 404 404 404 404 200 200 200
GET  bulletins.show      bulletin      302 403 403 403 403 200 200 200 200 200 200 200 200
GET  bulletins.paper     unfrozen      302 403 403 403 403 404 404 404 404 404 200 200 200
GET  bulletins.paper     bulletin      302 403 403 403 403 200 200 200 200 200 200 200 200
GET  bulletins.photo     bulletin      302 403 403 403 403 200 200 200 200 200 200 200 200
POST bulletins.issue     unfrozen      303 403 403 403 403 403 403 403 403 403 409 403 403
POST bulletins.issue     frozen        303 403 403 403 403 403 403 403 403 403 303 403 403

GET  visits.index                      302 200 200 200 200 200 200 200 200 200 200 200 200
GET  visits.new                        302 403 403 403 403 403 403 403 403 403 200 403 403
POST visits.create                     303 403 403 403 403 403 403 403 403 403 303 403 403
GET  visits.show    planned            302 200 404 404 404 404 404 404 404 404 200 200 200
GET  visits.show    cancelled          302 200 404 404 404 404 404 404 404 404 200 200 200
GET  visits.show    submitted          302 200 404 404 404 404 404 404 404 404 200 200 200
GET  visits.show    confirmed          302 200 404 404 404 200 404 404 200 404 200 200 200
GET  visits.show    confirmed mystery  302 404 404 200 404 404 404 404 404 404 200 200 200
GET  visits.show    published mystery  302 404 404 200 404 200 404 404 200 404 200 200 200
GET  visits.unplanned                  302 404 404 404 404 403 403 403 403 403 403 403 403
GET  visits.photo   submitted          302 200 404 404 404 404 404 404 404 404 200 200 200
GET  visits.photo   confirmed          302 200 404 404 404 200 404 404 200 404 200 200 200
GET  visits.photo   confirmed mystery  302 404 404 200 404 404 404 404 404 404 200 200 200
GET  visits.photo   published mystery  302 404 404 200 404 200 404 404 200 404 200 200 200
GET  visits.mystery                    302 200 200 200 200 200 200 200 200 200 200 200 200
POST visits.unmask  planned            303 403 404 404 404 404 404 404 404 404 409 403 403
POST visits.unmask  confirmed mystery  303 404 404 403 404 404 404 404 404 404 303 403 403
POST visits.unmask  published mystery  303 404 404 403 404 403 404 404 403 404 303 403 403
POST visits.resolve disputed           303 303 404 404 404 404 404 404 404 404 303 403 403
POST rearranging.reassign planned      303 403 404 404 404 404 404 404 404 404 303 403 403
POST rearranging.reassign submitted    303 403 404 404 404 404 404 404 404 404 409 403 403
POST rearranging.move   planned        303 403 404 404 404 404 404 404 404 404 303 403 403
POST rearranging.move   in_progress    303 403 404 404 404 404 404 404 404 404 409 403 403
POST visits.cancel  planned            303 403 404 404 404 404 404 404 404 404 303 403 403
POST visits.cancel  submitted          303 403 404 404 404 404 404 404 404 404 409 403 403
POST visits.cancel  confirmed          303 403 404 404 404 403 404 404 403 404 409 403 403

GET  pack.show    planned              302 200 404 404 404 403 403 403 403 403 403 403 403
GET  pack.show    submitted            302 404 404 404 404 403 403 403 403 403 403 403 403
GET  pack.photo   issued               302 200 404 404 404 403 403 403 403 403 403 403 403
GET  pack.states                       401 200 200 200 200 403 403 403 403 403 403 403 403

POST undoing.send_back    submitted    303 403 404 404 404 404 404 404 404 404 303 403 403
POST undoing.send_back    confirmed    303 403 404 404 404 403 404 404 403 404 409 403 403
POST undoing.ask_void     confirmed    303 403 404 404 404 403 404 404 403 404 303 403 403
POST undoing.refuse_void  confirmed    303 403 404 404 404 403 404 404 403 404 403 303 403
POST undoing.void         confirmed    303 403 404 404 404 403 404 404 403 404 403 303 403
GET  visits.show          void         302 200 404 404 404 404 404 404 404 404 200 200 200

GET  batches.index                     302 403 403 403 403 403 403 403 403 403 200 200 200
POST batches.create                    303 403 403 403 403 403 403 403 403 403 303 403 403
GET  batches.show      batch           302 403 403 403 403 403 403 403 403 403 200 200 200
POST batches.put_in    batch           303 403 403 403 403 403 403 403 403 403 303 403 403
POST batches.take_out  batch           303 403 403 403 403 403 403 403 403 403 303 403 403
POST batches.discard   batch           303 403 403 403 403 403 403 403 403 403 409 403 403
POST batches.publish   batch           303 403 403 403 403 403 403 403 403 403 303 403 403

GET  findings.index                    302 200 200 200 200 200 200 200 200 200 200 200 200
POST decisions.confirm        submitted          303 403 404 404 404 404 404 404 404 404 303 403 403
POST decisions.confirm        submitted mystery  303 404 404 403 404 404 404 404 404 404 303 403 403
POST decisions.reject         submitted          303 403 404 404 404 404 404 404 404 404 303 403 403
POST decisions.confirm_visit  submitted          303 403 404 404 404 404 404 404 404 404 303 403 403
POST decisions.confirm_visit  confirmed          303 403 404 404 404 403 404 404 403 404 409 403 403

GET  notices.index                         302 200 200 200 200 200 200 200 200 200 200 200 200
GET  notices.show         draft            302 404 404 404 404 404 404 404 404 404 200 200 200
GET  notices.show         issued           302 200 404 404 404 200 404 404 200 404 200 200 200
GET  notices.show         issued mystery   302 404 404 200 404 200 404 404 200 404 200 200 200
GET  notices.show         held mystery     302 404 404 404 404 404 404 404 404 404 200 200 200
GET  notices.pdf          held mystery     302 404 404 404 404 404 404 404 404 404 200 200 200
POST notices.issue        held mystery     303 404 404 404 404 404 404 404 404 404 409 403 403
GET  notices.show         reported         302 200 404 404 404 200 404 404 200 404 200 200 200
GET  notices.pdf          draft            302 404 404 404 404 404 404 404 404 404 200 200 200
GET  notices.pdf          issued           302 200 404 404 404 200 404 404 200 404 200 200 200
GET  notices.photo        draft            302 404 404 404 404 404 404 404 404 404 200 200 200
GET  notices.photo        issued mystery   302 404 404 200 404 200 404 404 200 404 200 200 200
GET  notices.warning      issued           302 404 404 404 404 404 404 404 404 404 404 404 404
GET  notices.warning      draft third      302 404 404 404 404 404 404 404 404 404 200 200 200
GET  notices.warning      warned third     302 200 404 404 404 200 404 404 200 404 200 200 200
POST notices.warn         draft third      303 404 404 404 404 404 404 404 404 404 409 403 403
POST notices.warn         issued third     303 403 404 404 404 403 404 404 403 404 303 403 403
POST notices.issue        draft            303 404 404 404 404 404 404 404 404 404 303 403 403
POST notices.issue        issued           303 403 404 404 404 403 404 404 403 404 303 403 403
POST notices.issue_all                     303 403 403 403 403 403 403 403 403 403 303 403 403
POST notices.view         draft            303 403 403 403 403 404 404 404 404 404 403 403 403
POST notices.view         issued           303 403 403 403 403 204 404 404 204 404 403 403 403
POST notices.acknowledge  draft            303 404 404 404 404 404 404 404 404 404 403 403 403
POST notices.acknowledge  issued           303 403 404 404 404 303 404 404 303 404 403 403 403
POST notices.acknowledge  acknowledged     303 403 404 404 404 303 404 404 303 404 403 403 403

POST reports.create     issued             303 403 404 404 404 409 404 404 409 404 403 403 403
POST reports.create     acknowledged       303 403 404 404 404 303 404 404 303 404 403 403 403
POST reports.create     reported           303 403 404 404 404 409 404 404 409 404 403 403 403
POST reports.close      reported           303 403 404 404 404 403 404 404 403 404 303 403 403
POST reports.give_back  reported           303 403 404 404 404 403 404 404 303 404 303 403 403
GET  reports.photo      reported           302 200 404 404 404 200 404 404 200 404 200 200 200

GET  papers.show        acknowledged       302 200 404 404 404 200 404 404 200 404 200 200 200
GET  papers.show        acknowledged mystery  302 404 404 200 404 200 404 404 200 404 200 200 200
GET  papers.feedback    submitted          302 404 404 404 404 404 404 404 404 404 404 404 404
GET  papers.feedback    submitted onsite   302 200 404 404 404 404 404 404 404 404 200 200 200
GET  papers.feedback    confirmed onsite   302 200 404 404 404 200 404 404 200 404 200 200 200
GET  papers.feedback    confirmed mystery  302 404 404 404 404 404 404 404 404 404 404 404 404
GET  papers.feedback    void onsite        302 404 404 404 404 404 404 404 404 404 404 404 404
GET  papers.check       issued             200 200 200 200 200 200 200 200 200 200 200 200 200
POST papers.check       issued             200 200 200 200 200 200 200 200 200 200 200 200 200

POST side_roads.endorse           reported      303 403 404 404 404 403 404 404 303 404 403 403 403
POST side_roads.ask_extension     acknowledged  303 403 404 404 404 403 404 404 303 404 403 403 403
POST side_roads.ask_extension     reported      303 403 404 404 404 403 404 404 409 404 403 403 403
POST side_roads.grant_extension   acknowledged  303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.refuse_extension  acknowledged  303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.ask_risk          returned      303 403 404 404 404 403 404 404 303 404 403 403 403
POST side_roads.accept_risk       acknowledged  303 403 404 404 404 403 404 404 403 404 403 303 403
POST side_roads.refuse_risk       acknowledged  303 403 404 404 404 403 404 404 403 404 403 303 403
POST side_roads.reopen            closed        303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.reopen            reported      303 403 404 404 404 403 404 404 403 404 409 403 403
POST side_roads.reissue           issued        303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.reissue           draft         303 404 404 404 404 404 404 404 404 404 409 403 403
POST side_roads.file_appeal       issued        303 403 404 404 404 403 404 404 303 404 403 403 403
POST side_roads.accept_appeal     acknowledged  303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.refuse_appeal     acknowledged  303 403 404 404 404 403 404 404 403 404 303 403 403
POST side_roads.decide_appeal     paused        303 403 404 404 404 403 404 404 403 404 403 303 403
GET  side_roads.photo             paused        302 200 404 404 404 200 404 404 200 404 200 200 200

GET  reminders.inbox                       302 200 200 200 200 200 200 200 200 200 200 200 200
POST reminders.follow     issued           303 404 404 404 404 303 404 404 404 404 404 404 404
POST reminders.read       issued           303 404 404 404 404 303 404 404 404 404 404 404 404
POST reminders.read_all                    303 303 303 303 303 303 303 303 303 303 303 303 303
GET  reminders.undelivered                 302 403 403 403 403 403 403 403 403 403 200 200 200
POST reminders.retry                       303 403 403 403 403 403 403 403 403 403 303 403 403

GET  downloads.index            302 200 200 200 200 200 200 200 200 200 200 200 200
POST downloads.ask     issued   303 303 422 422 422 303 422 422 303 422 303 303 303
GET  downloads.file    fetched  302 404 404 404 404 404 404 404 404 404 200 404 404
POST downloads.cancel  fetched  303 404 404 404 404 404 404 404 404 404 409 404 404
POST downloads.retry   fetched  303 404 404 404 404 404 404 404 404 404 409 404 404
POST downloads.delete  fetched  303 404 404 404 404 404 404 404 404 404 303 404 404

GET  unsent.index                          302 200 200 200 200 403 403 403 403 403 403 403 403
GET  unsent.new_file                       302 200 200 200 200 403 403 403 403 403 200 403 403
POST unsent.take_in_file                   303 200 403 403 403 403 403 403 403 403 200 403 403

GET  history.index                         302 403 403 403 403 403 403 403 403 403 200 200 200
GET  history.table                         302 403 403 403 403 403 403 403 403 403 200 200 200
GET  history.chain                         302 403 403 403 403 403 403 403 403 403 200 200 200

GET  tablets.index                         302 403 403 403 403 403 403 403 403 403 200 200 200
GET  tablets.entries                       302 403 403 403 403 403 403 403 403 403 200 403 403
GET  tablets.photo           parked        302 403 403 403 403 403 403 403 403 403 200 403 403
POST tablets.accept          parked        303 403 403 403 403 403 403 403 403 403 303 403 403
POST tablets.accept_all      parked        303 403 403 403 403 403 403 403 403 403 303 403 403
POST tablets.dismiss         parked        303 403 403 403 403 403 403 403 403 403 303 403 403

POST offline.heartbeat                     401 200 200 200 200 403 403 403 403 403 403 403 403
POST offline.ops                           401 200 200 200 200 403 403 403 403 403 403 403 403
GET  offline.stream          known         401 200 403 403 403 403 403 403 403 403 403 403 403
GET  offline.stream          new           401 200 200 200 200 403 403 403 403 403 403 403 403
POST offline.gap             known         401 200 403 403 403 403 403 403 403 403 403 403 403
GET  offline.blob            submitted     401 200 200 200 200 403 403 403 403 403 403 403 403
PUT  offline.put_blob                      401 200 200 200 200 403 403 403 403 403 403 403 403
GET  offline.visit_snapshot  planned       401 200 404 404 404 403 403 403 403 403 403 403 403
POST offline.key                           401 200 200 200 200 403 403 403 403 403 403 403 403
POST offline.lock                          401 204 204 204 204 204 204 204 204 204 204 204 204
"""

PEOPLE = {
    "str": None,
    "ins": "inspector",
    "col": "colleague",
    "sho": "shopper",
    "rev": "reviewer",
    "out": "outlet",
    "oth": "other_outlet",
    "nei": "neighbour",
    "sub": "subbranch",
    "els": "elsewhere",
    "cha": "channel",
    "lea": "leader",
    "adm": "admin",
}


FOREIGN = {
    "neighbour": ("邻网点负责人", "outlet", "YA0301"),
    "elsewhere": ("别支行行长", "subbranch", "YA01"),
}
"""More strangers than the cast has: another outlet of the same sub-branch, another sub-branch."""


@pytest.fixture(autouse=True)
def monday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this happens on Monday evening: before the due days that rows.py writes. The items of
    the off-site list may be extended."""
    monkeypatch.setitem(app.config, "EXTENSION_SECTIONS", frozenset({FIRST_SECTION}))
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(hours=10))


FIRST_SECTION = "VID"

pytestmark = pytest.mark.one_engine

HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines() if line]
CASES = [pytest.param(row, id=" ".join(row[: -len(PEOPLE)])) for row in ROWS]


def test_the_table_names_every_endpoint_and_nothing_else(app: Flask) -> None:
    there = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, endpoint) for method, endpoint, *_ in ROWS} == there


def test_the_table_has_a_column_for_everybody(cast: Cast) -> None:
    assert list(PEOPLE) == HEAD
    assert {name for name in PEOPLE.values() if name} == set(vars(cast)) | set(FOREIGN)


@pytest.mark.parametrize("row", CASES)
def test_everybody_gets_the_answer_that_the_table_says(
    app: Flask, cast: Cast, client_of: ClientOf, row: list[str]
) -> None:
    method, endpoint, *scene = row[: -len(PEOPLE)]
    expected = dict(zip(PEOPLE, map(int, row[-len(PEOPLE) :]), strict=True))
    people = vars(cast) | {name: foreigner(name, *what) for name, what in FOREIGN.items()}
    got: dict[str, int] = {}
    for column, name in PEOPLE.items():
        if not got or (method == "POST" and let_in(got)):
            keys = a_scene(cast, scene, endpoint)
        client = client_of(people[name] if name else None)
        url = address_of(app, endpoint, keys)
        response = client.open(url, method=method, **body_of(endpoint, cast))
        got[column] = response.status_code
    assert got == expected


def foreigner(username: str, name: str, role: str, at: str) -> Person:
    """Somebody besides the cast, at a branch of that code."""
    person = Person(
        username=username,
        name=name,
        role=role,
        branch=make.branch(at),
        password_hash=make.QUICK.hash(PASSWORD),
    )
    db.session.add(person)
    db.session.flush()
    return person


def let_in(got: dict[str, int]) -> bool:
    """Whether the last person changed the scene, so that the next one needs another."""
    return bool(got) and list(got.values())[-1] < 400


ONES_OWN = {"known", "new", "fetched", "linked", "followed", "forged", "seated", "pending"}


def a_scene(cast: Cast, words: list[str], endpoint: str) -> dict[str, Any]:
    """Rows as far as the words say, and their keys."""
    keys: dict[str, Any] = {"code": "OFFSITE", "version": "1.0", "filename": "img/favicon.svg"}
    keys |= {"noun": "people", "form": "csv", "branch_id": make.branch().id, "month": "2026-11"}
    keys |= {"quarter": "2026Q4"}
    keys["version_id"] = make.version().id
    match [word for word in words if word not in {"mystery", "onsite", "third"}]:
        case []:
            return keys | {"sha256": make.picture_sha256("white")}
        case [which] if which in ONES_OWN:
            return keys | of_ones_own(cast, which)
        case [stage] if stage in STAGES:
            visit = rows.a_visit_at(cast, stage, kind=kind(words))
            if endpoint in {"undoing.refuse_void", "undoing.void"}:
                rows.asked_void(visit, cast.channel)
            finding = rows.a_finding(visit) if visit.submitted_at else None
            return keys | photo_keys(visit) | {"finding_id": finding and finding.id}
        case ["batch"]:
            visits = [rows.a_visit_at(cast, "confirmed", kind="mystery") for _ in range(2)]
            batch = rows.a_batch(cast, *visits, name=uuid.uuid4().hex)
            return keys | {"batch_id": batch.id, "visit_id": visits[0].id}
        case [what] if what in OF_A_QUARTER:
            return keys | of_a_quarter(cast, what)
        case ["disputed" | "parked" | "ticked" | "view" as what]:
            return keys | of_the_desk(cast, what)
        case ["account" | "upload" as what]:
            return keys | of_the_administrator(cast, what)
        case [stage]:
            return keys | of_a_notice(cast, words, stage, endpoint)
    raise AssertionError(words)


STAGES = {"planned", "in_progress", "cancelled", "submitted", "confirmed", "published", "void"}


def of_the_administrator(cast: Cast, what: str) -> dict[str, Any]:
    """An account, or a file of one new person, looked at."""
    if what == "account":
        return {"person_id": make.a_person(cast, uuid.uuid4().hex).id}
    content = f"username,name,role,branch\n{uuid.uuid4().hex},孙巡,inspector,YA\n".encode()
    upload = Upload.take("people", "people.csv", content, by=cast.admin, at=MONDAY)
    db.session.flush()
    SEEN["digest"] = plan_people(content, "people.csv").digest
    return {"upload_id": upload.id}


def of_a_notice(cast: Cast, words: list[str], stage: str, endpoint: str) -> dict[str, Any]:
    """A notice as far as `stage`, and what belongs to it."""
    secret = "confirmed" if stage == "held" or "mystery" not in words else "published"
    visit = rows.a_visit_at(cast, secret, kind=kind(words))
    at_stage = {"warned": "issued", "held": "draft"}.get(stage, stage)
    notice = rows.a_notice_at(cast, visit, 0, at_stage, seq=a_number())
    notice.finding.occurrence = 3 if "third" in words else 1
    if stage == "warned":
        rows.a_warning(notice, cast.channel, a_number())
    keys = photo_keys(visit) | {"notice_id": notice.id, "system_code": system_code_of(notice)}
    keys |= what_was_asked(cast, notice, endpoint)
    for report in notice.rectification.reports:
        picture = a_picture(cast)
        report.photos.append(ReportPhoto(id=uuid.uuid4(), picture=picture))
        keys |= {"report_id": report.id, "sha256": picture.sha256}
    return keys


def of_a_quarter(cast: Cast, what: str) -> dict[str, Any]:
    """A quarter, and one of its units; for what moves it, a quarter of its own."""
    if what in {"outlet", "sub-branch", "table", "figures"}:
        code = "YA0302" if what == "outlet" else "YA03"
        keys = {"quarter": "2026Q3", "code": code, "form": "csv"}
        return keys | ({"upload_id": rows.figures(cast).id} if what == "figures" else {})
    if what == "briefing":
        return {"month": "2026-11", "code": "YA03"}
    quarter = next(PAST)
    if what == "frozen":
        rows.a_freeze(cast, quarter)
    if what == "bulletin":
        picture = a_picture(cast)
        rows.a_bulletin(cast, quarter, picture.sha256)
        return {"quarter": quarter, "sha256": picture.sha256}
    return {"quarter": quarter}


OF_A_QUARTER = {"outlet", "sub-branch", "table", "figures", "unfrozen", "frozen"}
OF_A_QUARTER |= {"bulletin", "briefing"}
PAST = cycle(f"{year}Q{number}" for year, number in product(range(2001, 2026), range(1, 5)))


def of_the_desk(cast: Cast, what: str) -> dict[str, Any]:
    """A draft that is ticked in the ledger, a saved view of it, or what tablets dispute."""
    if what == "ticked":
        draft = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "draft")
        SEEN["row"] = str(draft.id)
        return {"act": "issue"}
    if what == "view":
        return {"view_id": rows.a_saved_view(cast.channel).id}
    return of_the_tablet(cast, what)


def of_the_tablet(cast: Cast, what: str) -> dict[str, Any]:
    """What tablets dispute, or send too late."""
    visit = rows.a_visit_at(cast, "in_progress", kind="offsite")
    if what == "disputed":
        return {"visit_id": visit.id, "conflict_id": rows.a_conflict(cast, visit).id}
    payload = {"photo": str(uuid.uuid4()), "item": "OF-VID-01", "stage": "before"}
    facts = {"sha256": a_picture(cast).sha256, "taken_at": MONDAY.isoformat()}
    return {"op_id": rows.parked(visit, "photo.add", payload | facts).op_id, "visit_id": visit.id}


def what_was_asked(cast: Cast, notice: Notice, endpoint: str) -> dict[str, Any]:
    """What the sub-branch asked for, or what comes later, where an endpoint answers it."""
    keys: dict[str, Any] = {}
    match endpoint:
        case "side_roads.grant_extension" | "side_roads.refuse_extension":
            keys = {"extension_id": rows.asked_for_more_time(notice, cast.subbranch).id}
        case "side_roads.accept_risk" | "side_roads.refuse_risk":
            keys = {"risk_id": rows.a_risk(notice, cast.subbranch).id}
        case "papers.show":
            keys = {"paper_id": rows.a_paper(notice).id}
        case "pack.photo":
            keys = {"visit_id": make.a_visit(cast).id}  # the next at the same outlet
        case "reminders.follow" | "reminders.read":
            keys = {"reminder_id": rows.a_reminder(notice, cast.outlet).id}
        case "side_roads.ask_extension":
            notice.finding.rectify_days = 5
        case "side_roads.photo":
            picture = a_picture(cast)
            appeal = rows.an_appeal(notice, cast.subbranch)
            appeal.photos.append(AppealPhoto(id=uuid.uuid4(), picture=picture))
            keys = {"appeal_id": appeal.id, "sha256": picture.sha256}
        case _ if endpoint.endswith("_appeal") and endpoint != "side_roads.file_appeal":
            keys = {"appeal_id": rows.an_appeal(notice, cast.subbranch).id}
    if notice.appeal and notice.rectification.paused_at:
        notice.appeal.accepted_at = notice.rectification.paused_at
        notice.appeal.accepted_by_id = cast.channel.id
    return keys


def kind(words: list[str]) -> str:
    """The kind of visit that the words say."""
    return next((word for word in words if word in {"mystery", "onsite"}), "offsite")


def a_number() -> int:
    """A document number that no other notice has."""
    return uuid.uuid4().int % 1_000_000 + 1


def of_ones_own(cast: Cast, which: str) -> dict[str, Any]:
    """The id of the inspector's stream, of one that was never heard of, of a session of theirs, of
    a download of the channel department; a link by which the administrator chooses a password, or a
    made-up one; that of the inspector's calendar; a second factor that the inspector sets up."""
    if which in {"linked", "forged"}:
        token = password_links.reset(cast.admin, by=None, at=clock.now())
        return {"token": token if which == "linked" else "made-up"}
    if which == "followed":
        me = cast.inspector
        return {"token": calendar_links.make(me, by=me, at=clock.now())}
    if which == "seated":
        return {"session_id": make.a_session(cast.inspector).id}
    if which == "pending":
        make.a_pending_factor(cast.inspector)
    if which == "fetched":
        return {"download_id": rows.a_download(cast.channel).id}
    key = uuid.uuid4()
    if which == "known":
        db.session.add(Stream(id=key, person_id=cast.inspector.id, last_seq=0))
    return {"stream": key}


def a_picture(cast: Cast) -> Picture:
    """A picture that has arrived."""
    return keep(make.picture_bytes(), by=cast.inspector, at=MONDAY)


def photo_keys(visit: Visit) -> dict[str, Any]:
    """A photo of the first item of a visit, which is the one that a finding is about."""
    photo = rows.a_photo(visit)
    return {"visit_id": visit.id, "sha256": photo.sha256}


def address_of(app: Flask, endpoint: str, keys: dict[str, Any]) -> str:
    """The address of an endpoint, with those of the keys that it needs."""
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    with app.test_request_context():
        return url_for(endpoint, **{name: keys[name] for name in rule.arguments})


def body_of(endpoint: str, cast: Cast) -> dict[str, Any]:
    """What a good request to an endpoint carries."""
    ours = {"X-Inspector": "1"}
    if endpoint == "offline.ops":
        return {"json": {"stream": str(uuid.uuid4()), "ops": []}, "headers": ours}
    if endpoint == "offline.heartbeat":
        return {"json": {"sent_at": "2026-11-23T01:12:00Z", "streams": []}, "headers": ours}
    if endpoint == "offline.key":
        return {"json": {"device": str(uuid.uuid4())}, "headers": ours}
    if endpoint == "offline.lock":
        return {"headers": ours}
    if endpoint == "offline.gap":
        return {"json": {"first": 12, "last": 14}, "headers": ours}
    if endpoint == "offline.put_blob":
        return {"data": make.picture_bytes("white"), "headers": ours}
    return {"data": FORMS[endpoint](cast)} if endpoint in FORMS else {}


def an_unsent_file(cast: Cast) -> dict[str, Any]:
    """A file of the inspector's unsent work."""
    return {"file": (io.BytesIO(packed(contents(cast.inspector, []))), "unsent.zip")}


SEEN: dict[str, Any] = {}
"""What the administrator has seen of the last upload, and what is ticked in the ledger."""

FORMS: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "branches.create": lambda _: make.branch_form(code=uuid.uuid4().hex[:20]),
    "branches.change": lambda _: make.branch_form(),
    "mergers.create": lambda _: {"into": "YA0303"},
    "imports.create": lambda _: {"file": (io.BytesIO(b"username\n"), "people.csv")},
    "imports.confirm": lambda _: SEEN,
    "accounts.create": lambda _: make.account_form(username=uuid.uuid4().hex),
    "accounts.change": lambda _: make.account_form(username=uuid.uuid4().hex),
    "accounts.let_unmask": lambda _: {"may": "no"},
    "visits.unmask": lambda _: {"reason": "投诉核实"},
    "accounts.close": lambda _: {"reason": "调离"},
    "account.password": lambda _: {
        "present": PASSWORD,
        "new": NEW_PASSWORD,
        "again": NEW_PASSWORD,
    },
    "second_factor.confirm": lambda _: {"code": make.code_of_the_app(clock.now())},
    "second_factor.renew_codes": lambda _: {"password": PASSWORD},
    "second_factor.take_away": lambda _: {"password": PASSWORD},
    "people.password": lambda _: {"new": NEW_PASSWORD, "again": NEW_PASSWORD},
    "figures.create": lambda _: {"file": (io.BytesIO(rows.FIGURES), "o.csv")},
    "scores.enter_other": lambda _: {"value": "90.50"},
    "scores.give_back": lambda _: {"reason": "漏了一家"},
    "visits.create": lambda cast: {
        "branch": str(make.branch().id),
        "version": str(make.version().id),
        "inspector": str(cast.inspector.id),
        "planned_on": "2026-11-23",
    },
    "plans.set_targets": lambda _: {"onsite": "2", "mystery": "1", "offsite": "1"},
    "plans.change": lambda _: {
        "act": "cancel",
        "visit": [str(visit.id) for visit in db.session.scalars(select(Visit))],
        "reason": "网点停电",
    },
    "draws.keep": lambda _: {
        "seed": "S",
        "row": "YA0101|onsite|1",
        "was.YA0101|onsite|1": "inspector 2026-12-01",
        "take": "YA0101|onsite|1",
    },
    "rearranging.reassign": lambda cast: {"to": str(cast.reviewer.id)},
    "rearranging.move": lambda _: {"on": "2026-12-01"},
    "ledger.act": lambda _: {"row": SEEN.get("row", "")},
    "saved_views.create": lambda _: {"name": uuid.uuid4().hex, "stage": "all"},
    "saved_views.change": lambda _: {"name": uuid.uuid4().hex, "shared": "yes"},
    "batches.create": lambda _: {"quarter": "2026Q4", "publish_on": "2026-12-01"},
    "batches.publish": lambda _: {"reason": "仅此一家"},
    "papers.check": lambda _: {"file": (io.BytesIO(rows.PAPER), "notice.pdf")},
    "visits.resolve": lambda _: {"kept": "earlier"},
    "tablets.dismiss": lambda _: {"reason": "重复"},
    "visits.cancel": lambda _: {"reason": "网点停电"},
    "undoing.send_back": lambda _: {"reason": "照片看不清"},
    "undoing.ask_void": lambda _: {"reason": "检查员走错网点"},
    "decisions.reject": lambda _: {"reason": "证据不足"},
    "notices.acknowledge": lambda _: {"post": "outlet_head"},
    "reports.create": lambda _: make.report_form(),
    "side_roads.ask_extension": lambda _: {"reason": "门头字缺货", "day": "2026-11-28"},
    "side_roads.refuse_extension": lambda _: {"reason": "理由不足"},
    "side_roads.ask_risk": lambda _: {"reason": "历史建筑"},
    "side_roads.accept_risk": lambda _: {"reason": "情况属实", "day": "2027-11-23"},
    "side_roads.refuse_risk": lambda _: {"reason": "可换材质"},
    "side_roads.reopen": lambda _: {"reason": "回头看未整改", "day": "2026-12-01"},
    "side_roads.reissue": lambda _: {"reason": "检查项写错"},
    "side_roads.file_appeal": lambda _: {"ground": "fact", "statement": "正在更换"},
    "side_roads.refuse_appeal": lambda _: {"reason": "无证据"},
    "side_roads.decide_appeal": lambda cast: {
        "outcome": "upheld",
        "reason": "调阅录像核实",
        "person_1": str(cast.leader.id),
        "department_1": "行领导",
        "person_2": str(cast.admin.id),
        "department_2": "内控合规部",
    },
    "reports.give_back": lambda _: {"remark": "照片看不清"},
    "downloads.ask": lambda _: {"of": "filter:all", "form": "zip"},
    "unsent.take_in_file": an_unsent_file,
}
