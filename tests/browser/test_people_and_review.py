"""Naming by keyboard, and answering questions without waiting for the next one."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from faces.models import Change, Person, Verdict
from faces.services.people.edits import faces_confirm
from tests.browser.looking import Eyes
from tests.rows import group_of


def all_sent(page: Page) -> None:
    """Wait until the server has heard of every answer."""
    expect(page.locator("#review")).to_have_attribute("data-sending", "0", timeout=30_000)


def test_groups_are_named_one_after_the_other_without_a_mouse(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    people = [group_of(owner, size, look=size) for size in (5, 4, 3, 2)]
    signed_in.goto(f"{live_server.url}/people/")
    signed_in.locator(f"#name-{people[0].pk}").focus()
    for name in ("Anna", "Ben", "Clara"):
        signed_in.keyboard.type(name)
        signed_in.keyboard.press("Enter")
    for person, name in zip(people, ("Anna", "Ben", "Clara"), strict=False):
        expect(signed_in.locator(f"#person-{person.pk} .person-name")).to_have_text(name)
    expect(signed_in.locator(f"#name-{people[3].pk}")).to_be_focused()
    assert list(Person.objects.named().order_by("name").values_list("name", flat=True)) == [
        "Anna",
        "Ben",
        "Clara",
    ]


def undo_lasts_ten_seconds(page: Page) -> None:
    """The newest change alone can be undone from its message, which disappears unless it is hovered."""
    expect(page.locator("#toasts")).to_contain_text("Merged into Anna")
    page.evaluate("""async () => {
        const { toast } = await import("/static/js/toast.js");
        for (const text of ["one", "two"]) toast(text);
    }""")
    expect(page.locator("#toasts > *")).to_have_count(3)
    page.evaluate("import('/static/js/toast.js').then(({ toast }) => toast('three', { level: 'error' }))")
    expect(page.locator("#toasts > *")).to_have_count(4)
    page.locator("#toasts .toast", has_text="Merged").hover()
    page.clock.run_for(11_000)
    expect(page.locator("#toasts > *")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text("three")


def test_a_name_that_is_there_offers_a_merge_and_the_merge_is_undone(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    anna, other = group_of(owner, 3, name="Anna"), group_of(owner, 2)
    signed_in.clock.install()
    signed_in.goto(f"{live_server.url}/people/")
    field = signed_in.locator(f"#name-{other.pk}")
    field.focus()
    signed_in.keyboard.type("an")
    option = signed_in.locator("[role=option]")
    expect(option).to_contain_text("Anna")
    expect(option.locator("img")).to_be_visible()
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    dialog = signed_in.locator("#dialog")
    expect(dialog.locator("h2")).to_have_text("Is this also Anna?")
    expect(dialog.locator(".person-face img")).to_have_count(2)
    # An Enter that was meant for the next name answers nothing.
    signed_in.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Yes, merge").click()
    expect(dialog).to_be_hidden()
    expect(signed_in.locator(f"#person-{other.pk}")).to_have_count(0)
    expect(signed_in.locator(f"#person-{anna.pk}")).to_contain_text("5 photos")
    undo_lasts_ten_seconds(signed_in)
    signed_in.click("#toasts >> text=Undo")
    expect(signed_in.locator(f"#person-{other.pk}")).to_contain_text("2 photos")
    expect(signed_in.locator(f"#person-{anna.pk}")).to_contain_text("3 photos")


def test_another_person_of_that_name_gets_one_that_is_free(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    group_of(owner, 3, name="Anna")
    other = group_of(owner, 2, look=2)
    signed_in.goto(f"{live_server.url}/people/")
    signed_in.fill(f"#name-{other.pk}", "anna")
    signed_in.press(f"#name-{other.pk}", "Enter")
    signed_in.get_by_role("button", name="Save name").click()
    expect(signed_in.locator(f"#person-{other.pk} .person-name")).to_have_text("Anna 2")


def test_several_people_are_selected_with_shift_and_merged(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    people = [group_of(owner, size, look=size) for size in (4, 3, 2)]
    signed_in.goto(f"{live_server.url}/people/")
    boxes = signed_in.locator(".person-tick input")
    expect(signed_in.locator(".people-bar")).to_be_hidden()
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(signed_in.locator("[data-picked]")).to_have_text("3 selected")
    signed_in.get_by_role("button", name="Merge").click()
    expect(signed_in.locator(".person-card")).to_have_count(1)
    expect(signed_in.locator(f"#person-{people[0].pk}")).to_contain_text("9 photos")


def test_ten_questions_are_answered_by_keyboard_each_next_one_at_once(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    for look in range(12):
        group_of(owner, 3, look=look, name=f"Person {look:02}")
        group_of(owner, 2, look=look)
    signed_in.goto(f"{live_server.url}/review/")
    question = signed_in.locator("[data-question]")
    withheld: list[Route] = []

    def withhold(route: Route) -> None:
        withheld.append(route)

    for number in range(10):
        expect(signed_in.locator("#review")).to_have_attribute("data-ahead", re.compile("[1-9]"))
        key = str(question.get_attribute("data-question"))
        if number == 0:
            # The next question does not wait for the server: the first answer is withheld from it.
            signed_in.route("**/review/answer/", withhold)
        signed_in.keyboard.press("n" if number % 2 else "y")
        expect(question).not_to_have_attribute("data-question", key)
        if number == 0:
            assert not Change.objects.exists()
            for route in withheld:
                route.continue_()
            signed_in.unroute("**/review/answer/")
    expect(signed_in.locator("[data-progress-text]")).to_have_text("10 answered, 2 left")
    all_sent(signed_in)
    assert Change.objects.count() == 10
    assert Verdict.objects.filter(kind=Verdict.Kind.IS_NOT).count() == 5
    # U returns to the last question and undoes its answer.
    signed_in.keyboard.press("u")
    expect(question).to_have_attribute("data-question", str(key))
    expect(signed_in.locator("[data-progress-text]")).to_have_text("9 answered, 3 left")
    signed_in.keyboard.press("ArrowLeft")
    # Skipping settles nothing: the two that are left come again and again.
    for _ in range(3):
        expect(question).to_have_count(1)
        signed_in.keyboard.press("s")
    expect(signed_in.locator("[data-progress-text]")).to_have_text("10 answered, 2 left")
    all_sent(signed_in)


def test_the_last_answer_ends_with_what_was_done(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    group_of(owner, 3, name="Anna")
    group_of(owner, 2)
    signed_in.goto(f"{live_server.url}/review/")
    signed_in.get_by_role("button", name="Same person").click()
    expect(signed_in.locator("h1")).to_have_text("All done")
    expect(signed_in.locator("[data-session]")).to_have_text("You answered 1 question.")
    signed_in.keyboard.press("u")
    expect(signed_in.locator("h1")).to_have_text("Is this also Anna?")
    all_sent(signed_in)
    assert Change.objects.get().undone_at is not None


def test_questions_that_come_in_meanwhile_are_counted_apart(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    for look in range(2):
        group_of(owner, 3, look=look)
        group_of(owner, 2, look=look)
    signed_in.goto(f"{live_server.url}/review/")
    expect(signed_in.locator("#review")).to_have_attribute("data-ahead", "1")
    group_of(owner, 3, look=7, name="Anna")
    group_of(owner, 2, look=7)
    signed_in.get_by_role("button", name="Same person").click()
    count = signed_in.locator("[data-progress-text]")
    expect(count).to_have_text("1 answered, 1 left · 1 came in meanwhile")
    # The person is named beside the next question.
    signed_in.fill("#review-name", "Berta")
    signed_in.press("#review-name", "Enter")
    expect(signed_in.locator("[data-note]")).to_have_text("Saved: Berta")
    expect(signed_in.locator("#review-name")).to_have_count(0)
    signed_in.get_by_role("button", name="I don't know these people").click()
    expect(signed_in.locator("h1")).to_have_text("New questions came in meanwhile")
    signed_in.get_by_role("button", name="Continue").click()
    expect(count).to_have_text("2 answered, 1 left")
    expect(signed_in.locator("h1")).to_have_text("Is this also Anna?")
    all_sent(signed_in)


def test_the_whole_photo_is_shown_with_the_face_in_it(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    group_of(owner, 3, name="Anna")
    group_of(owner, 2)
    signed_in.route("**/review/next/**", lambda _route: None)
    signed_in.goto(f"{live_server.url}/review/")
    # Nothing is lost by leaving the page while it loads the next questions, and the browser does not ask.
    expect(signed_in.locator("#review")).to_have_attribute("data-sending", "1")
    assert signed_in.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    signed_in.unroute("**/review/next/**")
    photo = signed_in.locator(".whole-photo").first
    signed_in.locator(".review-face").first.hover()
    expect(photo).to_be_visible()
    signed_in.mouse.move(0, 0)
    expect(photo).to_be_hidden()
    signed_in.locator(".review-face").first.click()
    signed_in.mouse.move(0, 0)
    expect(photo).to_be_visible()
    expect(photo.locator("rect")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(photo).to_be_hidden()
    signed_in.keyboard.press("w")
    expect(photo).to_be_visible()
    # On a phone, the sides of a question about three pictures stay apart, however long their file names.
    signed_in.keyboard.press("Escape")
    signed_in.set_viewport_size({"width": 390, "height": 844})
    edges = signed_in.evaluate("""() => {
        const sides = document.querySelector(".review-sides");
        const one = sides.querySelector(".review-side");
        const name = "long_name".repeat(9);
        one.querySelector("figcaption").innerHTML = `<span class="file-cut">${name}</span>`;
        sides.replaceChildren(one, one.cloneNode(true), one.cloneNode(true));
        const faces = [...sides.querySelectorAll(".review-face")].map((face) => face.getBoundingClientRect());
        return faces.flatMap((face) => [face.left, face.right]);
    }""")
    assert edges == sorted(edges)
    assert edges[-1] < 390


def test_faces_are_ticked_and_moved_and_undone(signed_in: Page, owner: User, live_server: LiveServer) -> None:
    anna = group_of(owner, 4, name="Anna")
    signed_in.goto(f"{live_server.url}/people/{anna.pk}/faces/")
    signed_in.locator(".tick input").first.check()
    signed_in.fill("#who", "Berta")
    signed_in.click("text=Move")
    expect(signed_in.locator(".messages")).to_contain_text("1 face moved to Berta")
    signed_in.click("#toasts >> text=Undo")
    expect(signed_in.locator(".tick-face")).to_have_count(4)


def test_naming_and_answering_work_without_javascript(
    browser: Browser, owner: User, live_server: LiveServer
) -> None:
    group_of(owner, 3, name="Anna")
    other = group_of(owner, 2)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "a long pass phrase")
    page.click("main button:not([type=button])")
    page.goto(f"{live_server.url}/people/")
    page.fill(f"#name-{other.pk}", "Anna")
    page.press(f"#name-{other.pk}", "Enter")
    expect(page.locator("h2")).to_have_text("Is this also Anna?")
    page.goto(f"{live_server.url}/review/")
    page.get_by_role("button", name="Two people").click()
    expect(page.locator("h1")).to_have_text("All done")
    page.click("text=Undo")
    expect(page.locator("h1")).to_have_text("Is this also Anna?")
    context.close()


def test_nothing_is_wrong_with_what_is_ticked_and_with_the_question_about_a_name(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    eyes = Eyes(also_at=(360,))
    anna, other = group_of(owner, 3, name="Anna " + "y" * 55), group_of(owner, 2)
    group_of(owner, 1, waiting=True)
    faces_confirm(faces=list(anna.faces.all()[:1]), by=owner)
    for path in (f"/people/{anna.pk}/faces/", "/faces/waiting/", "/people/"):
        signed_in.goto(f"{live_server.url}{path}")
        signed_in.locator(".tick input").first.check()
        assert (path, eyes.faults(signed_in)) == (path, [])
    signed_in.fill(f"#name-{other.pk}", anna.name)
    signed_in.press(f"#name-{other.pk}", "Enter")
    expect(signed_in.locator("#dialog h2")).to_be_visible()
    assert eyes.faults(signed_in) == []
