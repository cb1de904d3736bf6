"""The worker's page on the phone. It holds nobody's data: the phone fetches its stops with its own keys."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import __version__
from dure.field import shell
from dure.field.sealed import public

SIGNS = [
    (gettext_lazy("The person"), "vigour", gettext_lazy("Weak, pale")),
    (gettext_lazy("The person"), "breath", gettext_lazy("Breathing, pain")),
    (gettext_lazy("The person"), "walking", gettext_lazy("Walking, a fall")),
    (gettext_lazy("The person"), "mind", gettext_lazy("Awareness, speech")),
    (gettext_lazy("The home"), "hygiene", gettext_lazy("Dirt, smell")),
    (gettext_lazy("The home"), "heating", gettext_lazy("Heating, cooling, electricity")),
    (gettext_lazy("The home"), "post", gettext_lazy("Post, rubbish piling up")),
    (gettext_lazy("The home"), "othercare", gettext_lazy("Other care doesn't come")),
]
ICONS = [("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-mask", "512x512", "maskable")]
RESULTS = [  # of a call, as cases know them
    ("answered", gettext_lazy("Answered")),
    ("knows", gettext_lazy("Knows where the person is")),
    ("no_answer", gettext_lazy("No answer")),
    ("dead", gettext_lazy("Number doesn't exist")),
]
DRILL = [
    ("knocked", gettext_lazy("Knock three times, loudly")),
    ("called", gettext_lazy("Call the name")),
    ("looked", gettext_lazy("Look through window and letterbox")),
    ("listened", gettext_lazy("Listen and look: sounds, lights, television")),
    ("post", gettext_lazy("Post piled up, yesterday's meal still there")),
    ("phoned", gettext_lazy("Phone twice")),
]


def words() -> dict[str, str]:
    """Sentences that the page puts together itself; {…} is filled in there."""
    return {
        "allSent": _("All sent"),
        "toSend": _("{count} to send, {age}"),
        "notTaken": _("{count} not taken, {age}: call your desk"),
        "moments": _("just now"),
        "minutes": _("{n} min"),
        "hours": _("{n} h"),
        "left": _("{n} stops left"),
        "floor": _("floor {n}"),
        "progress": _("{done} of {all} stops done"),
        "next": _("next"),
        "by": _("by {time}"),
        "meals": _("{n} meals today"),
        "slow": _("Slow to the door: wait {n} minutes."),
        "seen_well": _("All well"),
        "seen_with_concern": _("Concern"),
        "known_safe": _("Away, known where"),
        "no_reply": _("Can't be reached"),
        "not_attempted": _("Not visited"),
        "danger": _("Danger"),
        "caseUnknown": _("Your report is on this phone and will be sent by itself. If it isn't, call your desk."),
        "caseTold": _("Your report has arrived. Your desk is being told."),
        "call": _("Call {name}"),
        "callDesk": _("Call the desk"),
        "unsent": _("An urgent report hasn't been sent for {age}. Call your desk now."),
        "away": _("No network. What you see is of {time}; what you enter is sent later."),
        "wrong": _("The network can't be reached. Try again."),
        **_words_before(),
        **_words_at_doors(),
        **_words_of_texts(),
    }


def _words_before() -> dict[str, str]:
    """Sentences of the screens before the stops: the PIN, and the end of what can be read."""
    return {
        "course": _("Today's course"),
        "help": _("Help"),
        "helpSent": _("Help: sent"),
        "helpWaiting": _("Help: waiting"),
        "pinShort": _("At least {n} digits, and nothing but digits.").replace("{n}", str(settings.DURE_PIN_DIGITS)),
        "pinEasy": _("This is too easy to guess: all the same, in a row, or over and over. Choose another one."),
        "pinDate": _("This looks like a date. A birthday is soon guessed: choose another one."),
        "pinDiffers": _("The two aren't the same. Enter it once more."),
        "pinWrong": _("Not the right PIN. {n} tries are left, then the stops are taken off this phone."),
        "waitSeconds": _("Wait {n} seconds before the next try."),
        "waitMinutes": _("Wait {n} minutes before the next try."),
        "wipedPins": _(
            "Wrong too often: the stops are off this phone, your reports are still sent. Ask for a new code."
        ),
        "wipedEnded": _("This phone shows nobody any more. What you entered is still being sent. Call your desk."),
        "wipedUnknown": _("This phone isn't known any more. Call your desk; what you entered stays on it."),
    }


def _words_at_doors() -> dict[str, str]:
    """Sentences about photographs, calls, how a case stood, and stops that others have."""
    return {
        "photo": _("Photo {n}"),
        "photoBack": _("Leave this photo out"),
        "photoFirst": _("Tick the line above first: without it no photo is taken."),
        "photoBroken": _("This picture can't be used. Take the photo again."),
        "photosLost": _("No room on this phone: {n} photos weren't kept. The report is kept and is sent."),
        "photosToSend": _("{count} photos to send, {age}"),
        "andPhotos": _("{count} photos"),
        "called": _("{name}: what came of the call?"),
        "stoodAt": _("{sentence} (as of {time})"),
        "stopsGone": _("{n} stops are no longer yours: {names}. Others have them, or nobody has to go there today."),
        "stopsCome": _("{n} stops are new in your list: {names}."),
        "seenIt": _("I have read it"),
    }


def _words_of_texts() -> dict[str, str]:
    """Sentences of urgent text messages: short, with the code they fit into one; they name nobody."""
    return {
        "textNoReply": _("Can't be reached: {where}Call me."),
        "textDanger": _("Danger: {where}Call me."),
        "textCalled": _("119 called: {where}Call me."),
        "textArrived": _("119 is here: {where}Call me."),
        "textSeen": _("Person seen: {where}Call me."),
        "textPressed": _("Pressed 119. Call me."),
        "textHelp": _("Please call me."),  # somebody may be looking at the screen
        "textStop": _("stop {order}"),
        "textCode": _("Report code"),
        "textSend": _("Send it as a text message"),
        "textWritten": _("A text message was written at {time}. Look whether it went out; if nobody answers, call."),
    }


def _settings() -> dict[str, object]:
    """What the page has to know before it asks anything."""
    return {
        "version": __version__,
        "digits": settings.DURE_PIN_DIGITS,
        "lockMinutes": settings.DURE_PHONE_LOCK_MINUTES,
        "sealing": public(),
    }


def page() -> str:
    """The worker's page: the same for everybody who speaks the same language, whoever is signed in there."""
    given = {"words": words(), "settings": _settings(), "signs": SIGNS, "drill": DRILL, "results": RESULTS}
    return render_to_string("field/phone.html", {**given, "digits": settings.DURE_PIN_DIGITS})


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The worker's page."""
    return HttpResponse(page())


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """What keeps the page on the phone, in the language that it has there, so that it opens without a network."""
    asked = request.GET.get("language")
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        script = shell.script(page())
    return HttpResponse(script, "text/javascript")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """How the page is called and what it looks like where it is installed among the phone's apps."""
    icons = [
        {"src": static(f"dure/field/{name}.png"), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in ICONS
    ]
    given = {
        "id": shell.PAGE, "start_url": shell.PAGE, "scope": shell.PAGE, "display": "standalone",
        "name": _("Dure: today's course"), "short_name": _("Dure"), "lang": get_language(),
        "background_color": "#ffffff", "theme_color": "#0b50d0", "icons": icons,
    }  # fmt: skip
    return JsonResponse(given, content_type="application/manifest+json")
