"""What every caller meets on every route. A cell says:

- a number: that status, whatever row is asked for;
- ``A``, ``B``, ``AB``: the rows of side A, of side B or of both are within reach; every other row
  answers 404 like a missing one, word for word and in as many statements;
- ``!A``: the rows of A are seen, but not for this (403); every other one is 404;
- ``-``: nothing is within reach (a list is empty, a row is 404).
"""

from dataclasses import dataclass

CALLERS = (
    "anonymous", "revoked", "member_a", "member_b", "clerk_a", "manager_a", "owner_a", "owner_b",
    "east", "admin", "operat.", "finance", "service", "auditor", "app", "app_a1", "app_none",
)  # fmt: skip
# east: the regional manager of A1's region. app: every scope, all stores; app_a1: bound to A1.
API = """
                                            anonym revok mem_a mem_b clerk manag own_a own_b east admin operat finan serv audit app app_a none
GET    me                                   401    401   200   200   200   200   200   200   200  200   200    200   200  200   200 200   200
POST   staff/tokens                         201    201   201   201   201   201   201   201   201  201   201    201   201  201   201 201   201
DELETE staff/tokens/current                 401    401   403   403   204   204   204   204   204  204   204    204   204  204   403 403   403
GET    skus                                 401    401   AB    AB    AB    AB    AB    AB    AB   AB    AB     AB    AB   AB    AB  AB    403
GET    scan                                 401    401   400   400   400   400   400   400   400  400   400    400   400  400   400 400   403
GET    skus/<key:code>                      401    401   AB    AB    AB    AB    AB    AB    AB   AB    AB     AB    AB   AB    AB  AB    403
PUT    skus                                 401    401   403   403   403   403   403   403   403  200   200    403   403  403   403 403   403
PUT    prices                               401    401   403   403   403   403   403   403   403  200   200    403   403  403   403 403   403
GET    catalogue/changes                    401    401   403   403   AB    AB    AB    AB    AB   AB    AB     AB    AB   AB    AB  AB    403
GET    price-lists                          401    401   403   403   200   200   200   200   200  200   200    200   200  200   200 200   403
POST   members/lookup                       401    401   403   403   AB    AB    AB    AB    403  AB    AB     403   AB   403   AB  AB    403
POST   members                              401    401   403   403   A     A     A     B     403  AB    403    403   AB   403   AB  A     403
GET    members                              401    401   403   403   A     A     A     B     A    AB    AB     403   AB   AB    AB  A     403
GET    members/<key:number>                 401    401   A     B     AB    AB    AB    AB    A    AB    AB     403   AB   AB    AB  AB    403
GET    members/<key:number>/points          401    401   A     B     AB    AB    AB    AB    A    AB    AB     403   AB   AB    AB  AB    403
GET    members/<key:number>/points/entries  401    401   A     B     A     A     A     B     A    AB    AB     403   AB   AB    AB  A     403
POST   quotes                               401    401   AB    AB    A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders                               401    401   AB    AB    A     A     A     B     403  AB    403    403   403  403   AB  A     403
GET    orders                               401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
GET    orders/<key:number>                  401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
POST   orders/<key:number>/payments         401    401   A     B     A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders/<key:number>/payments cash    401    401   403   403   A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders/<key:number>/cancel           401    401   A     B     403   A     A     B     A    AB    AB     403   AB   403   AB  A     403
GET    payments                             401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
GET    payments/<key:number>                401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
GET    approvals                            401    401   403   403   403   403   A     B     403  AB    -      AB    -    AB    403 403   403
POST   approvals                            401    401   403   403   403   403   A     B     403  AB    403    403   403  403   403 403   403
GET    approvals/<key:number>               401    401   403   403   403   403   A     B     403  AB    -      AB    -    AB    403 403   403
POST   approvals/<key:number>/approval      401    401   403   403   403   403   A     B     403  AB    -      !AB   -    !AB   403 403   403
POST   approvals/<key:number>/rejection     401    401   403   403   403   403   A     B     403  AB    -      !AB   -    !AB   403 403   403
POST   approvals/<key:number>/withdrawal    401    401   403   403   403   403   !A    !B    403  !AB   -      !AB   -    !AB   403 403   403
GET    members/<key:number>/consents        401    401   A     B     A     A     A     B     A    AB    AB     403   AB   AB    AB  A     403
POST   members/<key:number>/consents        401    401   A     B     A     A     A     B     403  AB    403    403   AB   403   AB  A     403
DELETE members/<key:number>/consents/<key:store> 401 401 A     B     A     A     A     B     403  AB    403    403   AB   403   AB  A     403
POST   members/<key:number>/reveal          401    401   403   403   403   403   403   403   403  AB    403    403   AB   403   403 403   403
POST   payments/notices/sandbox             400    400   400   400   400   400   400   400   400  400   400    400   400  400   400 400   400
"""


@dataclass(frozen=True)
class Line:
    """One line of a table: what is asked, and each caller's cell."""

    name: str
    cells: dict[str, str]


def lines(table: str, callers: tuple[str, ...] = CALLERS) -> list[Line]:
    """The lines of a table, without its heading."""
    found = []
    for text in table.strip().splitlines()[1:]:
        words = text.split()
        cells = dict(zip(callers, words[-len(callers) :], strict=True))
        found.append(Line(" ".join(words[: -len(callers)]), cells))
    return found


OTHERS = "others"
HEAD = ("east", "admin", "operat.", "finance", "service", "auditor")
SHOPS = ("clerk_a", "manager_a", "owner_a", "owner_b")
# What is asked of a model of an office:
# read   the list (GET and POST), the page, the history and the short address of a row
# add    the empty form, and the form sent
# save   the form of a row, sent
# drop   the page that asks whether to delete, and its answer
# write  all three of them
# back   a version of a row that may be restored
# act    a button on a row: its dialog, and the dialog answered
# file   a document that hangs on a row, to be downloaded
# open   a page without a row
# Besides the cells above: ``login`` leads to the sign-in page.
ADMIN = """
                                  others east admin operat finan serv audit
read  org.region                  login  A    AB    AB     AB    AB   AB
write org.region                  login  403  AB    AB     403   403  403
read  org.franchisee              login  A    AB    AB     AB    AB   AB
write org.franchisee              login  403  AB    AB     403   403  403
read  org.store                   login  A    AB    AB     AB    AB   AB
add   org.store                   login  403  200   200    403   403  403
save  org.store                   login  403  AB    AB     403   403  403
drop  org.store                   login  403  403   403    403   403  403
read  org.warehouse               login  A    AB    AB     AB    AB   AB
add   org.warehouse               login  403  200   200    403   403  403
save  org.warehouse               login  403  AB    AB     403   403  403
drop  org.warehouse               login  403  403   403    403   403  403
read  org.channel                 login  AB   AB    AB     AB    AB   AB
write org.channel                 login  403  AB    AB     403   403  403
read  org.roleassignment          login  A    AB    403    403   403  AB
write org.roleassignment          login  403  403   403    403   403  403
act   org.roleassignment/end      login  !A   AB    -      -     -    !AB
open  org.roleassignment/rights   login  200  200   403    403   403  200
read  org.clientbinding           login  403  AB    403    403   403  AB
add   org.clientbinding           login  403  200   403    403   403  403
save  org.clientbinding           login  403  403   403    403   403  403
drop  org.clientbinding           login  403  AB    403    403   403  403
read  accounts.user               login  A    AB    403    403   403  AB
add   accounts.user               login  403  200   403    403   403  403
save  accounts.user               login  403  AB    403    403   403  403
drop  accounts.user               login  403  403   403    403   403  403
act   accounts.user/password      login  !A   AB    -      -     -    !AB
read  accounts.stafftoken         login  A    AB    403    403   403  AB
write accounts.stafftoken         login  403  403   403    403   403  403
read  accounts.apiclient          login  403  AB    403    403   403  AB
add   accounts.apiclient          login  403  200   403    403   403  403
save  accounts.apiclient          login  403  AB    403    403   403  403
drop  accounts.apiclient          login  403  403   403    403   403  403
act   accounts.apiclient/revoke   login  -    AB    -      -     -    !AB
read  accounts.auditline          login  403  AB    403    AB    403  AB
write accounts.auditline          login  403  403   403    403   403  403
read  members.member              login  A    AB    AB     403   AB   AB
write members.member              login  403  403   403    403   403  403
read  members.identity            login  A    AB    AB     403   AB   AB
write members.identity            login  403  403   403    403   403  403
read  members.membertoken         login  A    AB    AB     403   AB   AB
write members.membertoken         login  403  403   403    403   403  403
read  members.storeconsent        login  A    AB    AB     403   AB   AB
write members.storeconsent        login  403  403   403    403   403  403
read  products.category           login  AB   AB    AB     AB    AB   AB
write products.category           login  403  AB    AB     403   403  403
open  products.category/tree      login  200  200   200    200   200  200
read  products.attribute          login  AB   AB    AB     AB    AB   AB
write products.attribute          login  403  AB    AB     403   403  403
read  products.product            login  AB   AB    AB     AB    AB   AB
write products.product            login  403  AB    AB     403   403  403
act   products.product/submit     login  !AB  AB    AB     !AB   !AB  !AB
act   products.product/ask_activation login !AB AB  AB     !AB   !AB  !AB
act   products.product/send_back  login  !AB  AB    AB     !AB   !AB  !AB
act   products.product/retire     login  !AB  AB    AB     !AB   !AB  !AB
act   products.product/reactivate login  !AB  AB    AB     !AB   !AB  !AB
act   products.product/matrix     login  !AB  AB    AB     !AB   !AB  !AB
read  products.sku                login  AB   AB    AB     AB    AB   AB
write products.sku                login  403  AB    AB     403   403  403
read  products.barcode            login  AB   AB    AB     AB    AB   AB
write products.barcode            login  403  403   403    403   403  403
read  products.pricelist          login  AB   AB    AB     AB    AB   AB
write products.pricelist          login  403  AB    AB     403   403  403
read  products.price              login  AB   AB    AB     AB    AB   AB
add   products.price              login  403  200   200    403   403  403
save  products.price              login  403  403   403    403   403  403
drop  products.price              login  403  403   403    403   403  403
act   products.price/call_off     login  !AB  AB    AB     !AB   !AB  !AB
act   products.pricelist/release  login  !AB  AB    AB     !AB   !AB  !AB
act   products.pricelist/end      login  !AB  AB    AB     !AB   !AB  !AB
read  products.priceguard         login  AB   AB    AB     AB    AB   AB
write products.priceguard         login  403  AB    AB     403   403  403
read  products.undercutcode       login  403  AB    AB     403   403  403
write products.undercutcode       login  403  403   403    403   403  403
read  products.taxclass           login  AB   AB    AB     AB    AB   AB
write products.taxclass           login  403  AB    AB     403   403  403
read  products.weighedprefix      login  AB   AB    AB     AB    AB   AB
write products.weighedprefix      login  403  AB    AB     403   403  403
read  products.taxrate            login  AB   AB    AB     AB    AB   AB
write products.taxrate            login  403  403   403    403   403  403
read  products.supplier           login  403  AB    AB     AB    403  403
write products.supplier           login  403  AB    AB     403   403  403
read  products.suppliercost       login  403  AB    AB     AB    403  403
add   products.suppliercost       login  403  200   200    403   403  403
save  products.suppliercost       login  403  403   403    403   403  403
drop  products.suppliercost       login  403  403   403    403   403  403
act   products.suppliercost/call_off login -  AB    AB     !AB   -    -
read  products.audience           login  AB   AB    AB     AB    AB   AB
write products.audience           login  403  AB    AB     403   403  403
read  orders.order                login  A    AB    AB     AB    AB   AB
write orders.order                login  403  403   403    403   403  403
act   orders.order/cancel         login  A    AB    AB     !AB   AB   !AB
read  orders.orderline            login  A    AB    AB     AB    AB   AB
write orders.orderline            login  403  403   403    403   403  403
read  orders.lineadjustment       login  A    AB    AB     AB    AB   AB
write orders.lineadjustment       login  403  403   403    403   403  403
read  orders.orderevent           login  A    AB    AB     AB    AB   AB
write orders.orderevent           login  403  403   403    403   403  403
read  inventory.stock             login  A    AB    AB     AB    AB   AB
write inventory.stock             login  403  403   403    403   403  403
read  inventory.reservation       login  A    AB    AB     AB    AB   AB
write inventory.reservation       login  403  403   403    403   403  403
read  inventory.movement          login  A    AB    AB     AB    AB   AB
write inventory.movement          login  403  403   403    403   403  403
read  inventory.location          login  A    AB    AB     AB    AB   AB
write inventory.location          login  403  403   403    403   403  403
read  jobs.job                    login  -    -     -      -     -    -
write jobs.job                    login  403  403   403    403   403  403
open  jobs.job/import             login  403  200   200    403   403  403
open  jobs.job/template?subject=products.prices login 403 200 200 403  403  403
act   jobs.job/columns            login  -    -     -      -     -    -
act   jobs.job/start              login  -    -     -      -     -    -
act   jobs.job/cancel             login  -    -     -      -     -    -
act   jobs.job/progress           login  -    -     -      -     -    -
act   jobs.job/source             login  -    -     -      -     -    -
act   jobs.job/result             login  -    -     -      -     -    -
act   jobs.job/errors             login  -    -     -      -     -    -
read  payments.payment            login  A    AB    AB     AB    AB   AB
write payments.payment            login  403  403   403    403   403  403
read  payments.paymentevent       login  A    AB    AB     AB    AB   AB
write payments.paymentevent       login  403  403   403    403   403  403
read  payments.tender             login  A    AB    AB     AB    AB   AB
write payments.tender             login  403  403   403    403   403  403
read  loyalty.pointsaccount       login  A    AB    AB     -     AB   AB
write loyalty.pointsaccount       login  403  403   403    403   403  403
read  loyalty.pointsentry         login  A    AB    AB     AB    AB   AB
write loyalty.pointsentry         login  403  403   403    403   403  403
read  loyalty.pointslot           login  A    AB    AB     AB    AB   AB
write loyalty.pointslot           login  403  403   403    403   403  403
read  loyalty.lotdraw             login  -    AB    AB     AB    AB   AB
write loyalty.lotdraw             login  403  403   403    403   403  403
read  common.idempotencyrecord    login  403  AB    403    403   403  AB
write common.idempotencyrecord    login  403  403   403    403   403  403
read  common.heartbeat            login  403  AB    403    403   403  AB
write common.heartbeat            login  403  403   403    403   403  403
read  common.bucket               login  403  AB    403    403   403  AB
write common.bucket               login  403  403   403    403   403  403
read  common.spentvalue           login  403  AB    403    403   403  AB
write common.spentvalue           login  403  403   403    403   403  403
read  demo.demoload               login  403  AB    403    403   403  AB
write demo.demoload               login  403  403   403    403   403  403
read  org.clientchannel           login  403  AB    403    403   403  AB
add   org.clientchannel           login  403  200   403    403   403  403
save  org.clientchannel           login  403  403   403    403   403  403
drop  org.clientchannel           login  403  AB    403    403   403  403
read  org.tenure                  login  A    AB    AB     AB    AB   AB
write org.tenure                  login  403  403   403    403   403  403
read  org.storehours              login  A    AB    AB     AB    AB   AB
write org.storehours              login  403  403   403    403   403  403
read  org.channelstore            login  A    AB    AB     AB    AB   AB
write org.channelstore            login  403  403   403    403   403  403
read  org.storegroup              login  AB   AB    AB     AB    AB   AB
write org.storegroup              login  403  AB    AB     403   403  403
read  org.storegroupmember        login  A    AB    AB     AB    AB   AB
write org.storegroupmember        login  403  403   403    403   403  403
read  products.assortmentrule     login  A    AB    AB     AB    AB   AB
add   products.assortmentrule     login  403  200   200    403   403  403
save  products.assortmentrule     login  403  403   403    403   403  403
drop  products.assortmentrule     login  403  403   403    403   403  403
act   products.assortmentrule/end login  !A   AB    AB     !AB   !AB  !AB
act   products.assortmentrule/call_off login !A AB  AB     !AB   !AB  !AB
act   products.sku/is_sold        login  AB   AB    AB     AB    AB   AB
act   org.store/change_owner      login  !A   AB    AB     !AB   !AB  !AB
act   org.store/move              login  !A   AB    AB     !AB   !AB  !AB
act   org.store/withdraw          login  !A   !AB   !AB    !AB   !AB  !AB
act   org.store/freeze            login  !A   AB    AB     !AB   !AB  !AB
act   org.store/unfreeze          login  !A   !AB   !AB    !AB   !AB  !AB
act   org.store/close             login  !A   AB    AB     !AB   !AB  !AB
read  accounts.approval           login  403  AB    -      AB    -    AB
add   accounts.approval           login  403  200   403    403   403  403
save  accounts.approval           login  403  403   403    403   403  403
drop  accounts.approval           login  403  403   403    403   403  403
act   accounts.approval/approve   login  -    AB    -      !AB   -    !AB
act   accounts.approval/reject    login  -    AB    -      !AB   -    !AB
act   accounts.approval/withdraw  login  -    !AB   -      !AB   -    !AB
file  accounts.approval/files     login  403  AB    -      AB    -    AB
read  accounts.approvalfile       login  403  AB    -      AB    -    AB
write accounts.approvalfile       login  403  403   403    403   403  403
read  accounts.auditseal          login  403  AB    403    AB    403  AB
write accounts.auditseal          login  403  403   403    403   403  403
act   accounts.apiclient/new_secret login -  AB    -      -     -    !AB
read  accounts.clientsecret       login  403  AB    403    403   403  AB
write accounts.clientsecret       login  403  403   403    403   403  403
act   accounts.clientsecret/retire login -   AB    -      -     -    !AB
read  accounts.staffsession       login  A    AB    403    403   403  AB
write accounts.staffsession       login  403  403   403    403   403  403
act   accounts.staffsession/end   login  !A   AB    -      -     -    !AB
act   accounts.stafftoken/end     login  !A   AB    -      -     -    !AB
act   accounts.user/sign_ins      login  A    AB    -      -     -    AB
act   accounts.user/end_sign_ins  login  !A   AB    -      -     -    !AB
act   accounts.user/reset_second_factor login !A AB  -      -     -    !AB
act   accounts.user/switch_off    login  !A   AB    -      -     -    !AB
act   accounts.user/switch_on     login  !A   !AB   -      -     -    !AB
read  accounts.personaldataaccess login  403  AB    403    403   403  AB
write accounts.personaldataaccess login  403  403   403    403   403  403
read  accounts.accesscase         login  403  AB    403    403   403  AB
write accounts.accesscase         login  403  403   403    403   403  403
act   accounts.accesscase/close   login  -    AB    -      -     -    AB
act   members.member/reveal       login  !A   AB    !AB    -     AB   !AB
act   members.member/adjust_points login !A  AB    AB     -     AB   !AB
back  org.region                  login  !A   AB    AB     !AB   !AB  !AB
back  org.franchisee              login  !A   AB    AB     !AB   !AB  !AB
back  org.store                   login  !A   AB    AB     !AB   !AB  !AB
back  org.warehouse               login  !A   AB    AB     !AB   !AB  !AB
back  org.channel                 login  !AB  AB    AB     !AB   !AB  !AB
back  org.tenure                  login  !A   !AB   !AB    !AB   !AB  !AB
back  org.storehours              login  !A   !AB   !AB    !AB   !AB  !AB
back  org.channelstore            login  !A   !AB   !AB    !AB   !AB  !AB
back  org.storegroup              login  !AB  AB    AB     !AB   !AB  !AB
back  org.storegroupmember        login  !A   !AB   !AB    !AB   !AB  !AB
back  org.clientbinding           login  -    !AB   -      -     -    !AB
back  org.clientchannel           login  -    !AB   -      -     -    !AB
back  org.roleassignment          login  !A   !AB   -      -     -    !AB
back  accounts.user               login  !A   AB    -      -     -    !AB
back  accounts.apiclient          login  -    AB    -      -     -    !AB
back  products.category           login  !AB  AB    AB     !AB   !AB  !AB
back  products.attribute          login  !AB  AB    AB     !AB   !AB  !AB
back  products.product            login  !AB  AB    AB     !AB   !AB  !AB
back  products.sku                login  !AB  AB    AB     !AB   !AB  !AB
back  products.barcode            login  !AB  !AB   !AB    !AB   !AB  !AB
back  products.pricelist          login  !AB  AB    AB     !AB   !AB  !AB
back  products.priceguard         login  !AB  AB    AB     !AB   !AB  !AB
back  products.taxclass           login  !AB  AB    AB     !AB   !AB  !AB
back  products.weighedprefix      login  !AB  AB    AB     !AB   !AB  !AB
back  products.taxrate            login  !AB  !AB   !AB    !AB   !AB  !AB
back  products.supplier           login  -    AB    AB     !AB   -    -
back  products.audience           login  !AB  AB    AB     !AB   !AB  !AB
"""
PORTAL = """
                                  others clerk manag own_a own_b
read  members.member              login  A     A     A     B
write members.member              login  403   403   403   403
read  orders.order                login  A     A     A     B
write orders.order                login  403   403   403   403
act   orders.order/cancel         login  !A    A     A     B
read  inventory.stock             login  A     A     A     B
write inventory.stock             login  403   403   403   403
read  jobs.job                    login  A     -     -     B
write jobs.job                    login  403   403   403   403
open  jobs.job/import             login  403   403   403   403
open  jobs.job/template?subject=products.prices login 403 403 403 403
act   jobs.job/columns            login  !A    -     -     !B
act   jobs.job/start              login  !A    -     -     !B
act   jobs.job/cancel             login  A     -     -     B
act   jobs.job/progress           login  A     -     -     B
act   jobs.job/source             login  !A    -     -     !B
act   jobs.job/result             login  !A    -     -     !B
act   jobs.job/errors             login  !A    -     -     !B
act   members.member/reveal       login  !A    !A    !A    !B
read  accounts.approval           login  403   403   A     B
add   accounts.approval           login  403   403   200   200
save  accounts.approval           login  403   403   403   403
drop  accounts.approval           login  403   403   403   403
act   accounts.approval/approve   login  -     -     A     B
act   accounts.approval/reject    login  -     -     A     B
act   accounts.approval/withdraw  login  -     -     !A    !B
file  accounts.approval/files     login  403   403   A     B
read  payments.payment            login  A     A     A     B
write payments.payment            login  403   403   403   403
read  loyalty.pointsentry         login  A     A     A     B
write loyalty.pointsentry         login  403   403   403   403
read  org.store                   login  A     A     A     B
write org.store                   login  403   403   403   403
read  org.roleassignment          login  403   A     A     B
write org.roleassignment          login  403   403   403   403
act   org.roleassignment/end      login  -     !A    A     !B
read  accounts.user               login  403   A     A     B
add   accounts.user               login  403   403   200   200
save  accounts.user               login  403   403   403   403
drop  accounts.user               login  403   403   403   403
act   accounts.user/end_sign_ins  login  -     !A    A     !B
act   accounts.user/new_password  login  -     !A    A     !B
act   accounts.user/switch_off    login  -     !A    A     !B
act   accounts.user/switch_on     login  -     !A    !A    !B
"""
# Pages of the portal alone that belong to no model.
PORTAL_SITE = """
                                      others inside
GET  tasks/                           login  200
POST tasks/                           login  405
"""
# Pages of a site that belong to no model; the same on both. Numbers are statuses.
SITE = """
                                      others inside
GET  .                                login  200
POST .                                login  200
GET  login/                           200    302
POST login/                           200    200
GET  login/code/                      302    302
POST login/code/                      302    302
GET  login/password/                  302    302
POST login/password/                  302    302
GET  login/second-factor/             302    302
POST login/second-factor/             302    302
GET  logout/                          302    405
POST logout/                          302    302
GET  password_change/                 login  200
POST password_change/                 login  200
GET  password_change/done/            login  200
GET  security/                        login  200
GET  security/end-others/             login  405
POST security/end-others/             login  302
GET  security/sessions/<int:pk>/end/  login  405
POST security/sessions/<int:pk>/end/  login  404
GET  security/tokens/<int:pk>/end/    login  405
POST security/tokens/<int:pk>/end/    login  404
GET  lists/views/save/                login  405
POST lists/views/save/                login  404
GET  lists/views/<int:pk>/rename/     login  405
POST lists/views/<int:pk>/rename/     login  404
GET  lists/views/<int:pk>/delete/     login  405
POST lists/views/<int:pk>/delete/     login  404
GET  lists/columns/                   login  405
POST lists/columns/                   login  404
GET  lists/export/<str:listing>/      login  404
POST lists/export/<str:listing>/      login  404
GET  lists/change/<str:subject>/      login  405
POST lists/change/<str:subject>/      login  404
GET  security/second-factor/          login  200
POST security/second-factor/          login  200
GET  security/prove/<slug:purpose>/   login  404
POST security/prove/<slug:purpose>/   login  404
GET  autocomplete/                    login  403
GET  jsi18n/                          login  200
GET  search/                          login  200
POST search/                          login  200
GET  <app>/                           login  200
GET  <nothing>                        login  404
POST <nothing>                        login  404
"""
# Everything else; nobody signs in there.
OTHER = """
                all
GET  .          302
GET  healthz    200
POST healthz    405
GET  readyz     503
POST readyz     405
GET  api/schema/ 200
GET  api/docs/  200
GET  api/nothing 404
POST api/nothing 404
GET  i18n/setlang/ 302
POST i18n/setlang/ 302
"""
