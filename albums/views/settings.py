"""Settings of an account: name, password, sessions, appearance and deletion."""

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from albums.account_forms import AccountNameForm, PasswordCheckForm, PasswordForm, PreferencesForm
from albums.http.client_address import client_address
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view, cacheable_page_view
from albums.http.preference_cookies import preference_cookies_set
from albums.http.redirects import redirect_back
from albums.http.retry_after import retry_later
from albums.http.toasts import toast
from albums.models import Preferences, Sweep
from albums.services.accounts import account_deletion
from albums.services.accounts.accounts import sessions_end, sessions_of
from albums.services.accounts.operators import grant_of, grant_set, operators_besides
from albums.services.accounts.preferences import preferences_of, preferences_set
from albums.services.core.photo_counts import photo_counts
from albums.services.erasing.sweeps import sweep_states
from albums.tasks import enqueue_sweep

RECEIPT_SALT = "albums.views.settings.receipt"
RECEIPT_SECONDS = 3600


@cacheable_page_view
def overview(request: HttpRequest) -> HttpResponse:
    """List the sections of the settings."""
    return render(request, "settings/overview.html")


@never_cache
@sensitive_post_parameters()
@cacheable_form_view
def account(request: HttpRequest) -> HttpResponse:
    """Show forms for the name and the password, and the number of sessions."""
    user = current_user(request)
    if not user.has_usable_password():
        return redirect("albums:account")
    wanted = request.POST.get("change") if request.method == "POST" else None
    # The forms change their own copies: the page must not show an invalid name.
    name_form = AccountNameForm(
        request.POST if wanted == "name" else None, instance=User.objects.get(pk=user.pk)
    )
    password_form = PasswordForm(
        request.POST if wanted == "password" else None,
        instance=User.objects.get(pk=user.pk),
        address=client_address(request),
    )
    if wanted == "name" and name_form.is_valid():
        name_form.save()
        toast(request, _("Saved. Use this name to sign in from now on."))
        return redirect("albums:settings_account")
    if wanted == "password" and password_form.is_valid():
        # Keeps this session; all others end.
        update_session_auth_hash(request, password_form.save())
        toast(request, _("Saved. You have been signed out everywhere else."))
        return redirect("albums:settings_account")
    context = {
        "name_form": name_form,
        "password_form": password_form,
        "session_count": len(sessions_of(user)),
        "operators": operators_besides(user),
        "grant": grant_of(user),
    }
    response = render(request, "settings/account.html", context, status=400 if wanted else 200)
    return retry_later(response, password_form.retry_after)


@action_view
def operators_see(request: HttpRequest) -> HttpResponse:
    """Set if operators may see pictures and names. POST: granted, 1 or 0."""
    granted = request.POST.get("granted") == "1"
    grant_set(owner=current_user(request), granted=granted)
    toast(
        request,
        _("Administrators can now see your photos and names.")
        if granted
        else _("Administrators can only see counts."),
    )
    return redirect("albums:settings_account")


@action_view
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all other sessions."""
    count = sessions_end(user=current_user(request), keep=request.session.session_key)
    toast(
        request,
        ngettext("Signed out of %(count)d other session", "Signed out of %(count)d other sessions", count)
        % {"count": count},
    )
    return redirect("albums:settings_account")


@cacheable_form_view
def appearance(request: HttpRequest) -> HttpResponse:
    """Change language and theme, for the account and this device."""
    user = current_user(request)
    old = preferences_of(user.pk)
    form = PreferencesForm(request.POST or None, initial={"language": old.language, "theme": old.theme})
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        context = {"form": form, "stacks_on": old.stacks}
        return render(request, "settings/appearance.html", context, status=status)
    preferences = preferences_set(user=user, **form.cleaned_data)
    with translation.override(preferences.language or translation.get_language()):
        toast(request, _("Saved"))
    response = redirect("albums:settings_appearance")
    preference_cookies_set(response, preferences)
    return response


@action_view
def theme(request: HttpRequest) -> HttpResponse:
    """Change the theme, from the menu of any page. POST: theme, next."""
    user = current_user(request)
    theme = request.POST.get("theme", "")
    if theme not in Preferences.Theme.values:
        raise Http404
    preferences = preferences_set(user=user, language=preferences_of(user.pk).language, theme=theme)
    response = redirect_back(request, otherwise="albums:settings_appearance")
    preference_cookies_set(response, preferences)
    return response


@never_cache
@sensitive_post_parameters()
@cacheable_form_view
def delete(request: HttpRequest) -> HttpResponse:
    """Confirm with the password and delete the account."""
    user = current_user(request)
    form = PasswordCheckForm(request.POST or None, user=user, address=client_address(request))
    if request.method == "POST" and form.is_valid():
        name = user.get_username()
        try:
            erased = account_deletion.account_delete(user=user)
        except account_deletion.LastAdministrator:
            messages.error(request, _("Not deleted: you are the only administrator."))
            return redirect("albums:settings_delete")
        enqueue_sweep()
        logout(request)
        return redirect(deleted_url(name, erased))
    context = {
        "form": form,
        "found": photo_counts(user.images.all()),
        "album_count": user.albums.count(),
        "may_be_deleted": account_deletion.may_be_deleted(user),
    }
    response = render(request, "settings/delete.html", context, status=400 if form.errors else 200)
    return retry_later(response, form.retry_after)


def deleted_url(account: str, erased: account_deletion.DeletedAccount) -> str:
    """Return the address of the receipt of a deleted account."""
    receipt = {"account": account, "counts": erased.counts, "sweep": erased.sweep.pk}
    signed = signing.dumps(receipt, salt=RECEIPT_SALT, compress=True)
    return f"{reverse('albums:account_deleted')}?receipt={signed}"


@never_cache
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Show what was deleted with an account, as a page or, with ?as=text, as a file.

    The receipt is in the address, signed, since nothing of the account is stored any more.
    """
    try:
        receipt = signing.loads(request.GET.get("receipt", ""), salt=RECEIPT_SALT, max_age=RECEIPT_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    labels = account_deletion.labels()
    rows = [(labels.get(kind, kind), count) for kind, count in receipt["counts"].items()]
    sweeps = Sweep.objects.filter(pk=receipt.get("sweep"))
    state = next(iter(sweep_states(sweeps).values()), None)
    if request.GET.get("as") == "text":
        lines = [_("The account %(name)s was deleted, with:") % {"name": receipt["account"]}]
        lines += [f"{label}: {count}" for label, count in rows]
        lines += [] if state is None else state.sentences
        response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="trombine-receipt.txt"'
        return response
    context = {"account": receipt["account"], "rows": rows, "sweep": state}
    return render(request, "settings/deleted.html", context)
