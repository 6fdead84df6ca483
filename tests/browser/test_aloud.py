"""朗读: offered where the device has a voice of its own; marks what it reads; stops when told."""

import pytest

from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

# Chromium without a desktop has no voice: one is put in its place, which says what it is told.
VOICE = """
window.spoken = [];
const queue = { current: null };
const voices = [{ lang: "%s", localService: %s, name: "voice", voiceURI: "voice" }];
Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    addEventListener: () => {},
    cancel: () => { queue.current = null; },
    speak: (words) => { queue.current = words; window.spoken.push(words.text); },
} });
window.finish = () => { const words = queue.current; queue.current = null; words.onend(); };
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def with_voice(page, address, path, lang="zh-CN", local="true"):
    page.add_init_script(VOICE % (lang, local))
    page.goto(address + path)


def test_every_sentence_is_read_in_order_and_marked_while_it_is(visitor):
    with visitor.page("/") as page:
        with_voice(page, visitor.address, PAGES["notice-open"])
        page.get_by_role("button", name="朗读", exact=True).click()
        bar = page.get_by_role("region", name="朗读")
        bar.wait_for()
        page.evaluate("finish()")
        spoken = page.evaluate("spoken")
        assert spoken[0] == page.locator("h1").inner_text()
        marked = "[...CSS.highlights.get('read-now')].map(String).join('').trim()"
        assert page.evaluate(marked) == spoken[1]
        for _ in range(400):
            if not bar.is_visible():
                break
            page.evaluate("finish()")
        said = "".join(page.evaluate("spoken"))
        assert "现将矿区拟推荐的2个组织、1名个人予以公示" in said
        assert "演示长风机械制造有限公司" in said
        assert "公文版式" not in said  # what is only for the pen and the mouse
        assert page.evaluate("CSS.highlights.size") == 0


def test_it_pauses_goes_on_and_stops_by_keyboard(visitor):
    with visitor.page("/") as page:
        with_voice(page, visitor.address, "/guide/")
        page.get_by_role("button", name="朗读", exact=True).click()
        page.get_by_role("button", name="暂停").press("Enter")
        first = page.evaluate("spoken")[-1]
        page.get_by_role("button", name="继续").press("Enter")
        assert page.evaluate("spoken")[-1] == first
        page.get_by_role("button", name="下一句").press("Enter")
        assert page.evaluate("spoken")[-1] != first
        page.keyboard.press("Escape")
        assert not page.get_by_role("region", name="朗读").is_visible()
        assert page.evaluate("document.activeElement.textContent") == "朗读"


@pytest.mark.parametrize(("lang", "local"), [("en-US", "true"), ("zh-CN", "false")])
def test_nothing_is_offered_without_a_chinese_voice_of_the_device(visitor, lang, local):
    with visitor.page("/") as page:
        with_voice(page, visitor.address, "/guide/", lang, local)
        assert not page.get_by_role("button", name="朗读", exact=True).is_visible()


def test_the_menu_of_a_phone_opens_without_script(visitor):
    with visitor.page("/", width=375, java_script_enabled=False) as page:
        navigation = page.get_by_role("navigation", name="主导航")
        assert not navigation.is_visible()
        page.get_by_role("link", name="菜单").click()
        navigation.get_by_role("link", name="常见问题").click()
        assert page.url.endswith("/faq/")
