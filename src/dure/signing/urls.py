"""The pages of signing in, and of the own account."""

from django.urls import path

from dure.signing.views import account, door, others

urlpatterns = [
    path("login/", door.sign_in, name="login"),
    path("login/code/", door.code, name="login_code"),
    path("login/set-up/", door.set_up, name="login_set_up"),
    path("login/set-up/passkey/", door.ask_new_passkey, name="login_new_passkey"),
    path("login/passkey/ask/", door.ask_passkey, name="login_ask_passkey"),
    path("login/passkey/", door.with_passkey, name="login_passkey"),
    path("logout/", door.sign_out, name="logout"),
    path("account/", account.show, name="account"),
    path("account/confirm/", account.confirm, name="account_confirm"),
    path("account/app/", account.app, name="account_app"),
    path("account/codes/", account.new_codes, name="account_codes"),
    path("account/passkeys/", account.add_passkey, name="account_add_passkey"),
    path("account/passkeys/ask/", account.ask_new_passkey, name="account_ask_passkey"),
    path("account/remove/", account.remove, name="account_remove"),
    path("account/elsewhere/", account.end_elsewhere, name="account_elsewhere"),
    path("account/stay/", account.stay, name="stay"),
    path("password/", account.change_password, name="password"),
    path("people/<uuid:ref>/second-step/", others.reset, name="person_reset"),
    path("people/<uuid:ref>/unlock/", others.unlock, name="person_unlock"),
    path("people/<uuid:ref>/leave/", others.leave, name="person_leave"),
]
