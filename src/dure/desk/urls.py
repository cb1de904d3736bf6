"""The pages of the office."""

from django.urls import path

from dure.desk.views import after, board, calls, cases, frame, link, outside, people

urlpatterns = [
    path("", frame.first, name="first"),
    path("login/", frame.sign_in, name="login"),
    path("logout/", frame.sign_out, name="logout"),
    path("healthz", outside.healthz, name="healthz"),
    path("metrics", outside.metrics, name="metrics"),
    path("banners/", frame.banners, name="banners"),
    path("board/", board.show, name="board"),
    path("board/exceptions/", board.exceptions, name="exceptions"),
    path("duties/<uuid:ref>/claim/", board.claim, name="claim"),
    path("duties/<uuid:ref>/hand-back/", board.hand_back, name="hand_back"),
    path("duties/<uuid:ref>/close/", board.close, name="close_duty"),
    path("calls/<int:number>/", calls.called, name="called"),
    path("l/<str:token>", link.show, name="link"),
    path("cases/", cases.index, name="cases"),
    path("cases/<uuid:ref>/", cases.show, name="case"),
    path("cases/<uuid:ref>/line/", cases.line, name="case_line"),
    path("cases/<uuid:ref>/step/", cases.step, name="case_step"),
    path("cases/<uuid:ref>/hand-over/", cases.hand_over, name="case_hand_over"),
    path("cases/<uuid:ref>/refer/", cases.refer, name="case_refer"),
    path("cases/<uuid:ref>/close/", cases.close, name="case_close"),
    path("referrals/<uuid:ref>/answer/", cases.answer, name="referral_answer"),
    path("referrals/<uuid:ref>/restarted/", cases.restarted, name="referral_restarted"),
    path("cases/<uuid:ref>/hospital-stay/", after.hospital_stay, name="hospital_stay"),
    path("cases/<uuid:ref>/look-back/", after.look_back, name="look_back"),
    path("referrals/<uuid:ref>/not-restarted/", after.not_restarted, name="not_restarted"),
    path("referrals/<uuid:ref>/give-up/", after.give_up, name="give_up"),
    path("people/", people.index, name="people"),
    path("people/<uuid:ref>/login/", people.give_login, name="person_login"),
    path("people/<uuid:ref>/leave/", people.leave, name="person_leave"),
    path("password/", people.change_password, name="password"),
    path("faults/", frame.faults, name="faults"),
    path("faults/<int:number>/mended/", frame.mend, name="mend"),
    path("map/", frame.show_map, name="map"),
    path("map/boundaries/", frame.boundaries, name="boundaries"),
    path("reports/<uuid:key>/", frame.report, name="report"),
]
