"""Awards that nobody gives: any grades, categories, caps and steps that a file can describe."""

from hypothesis import strategies as st

from portal.domain.awards import Category, Grade, ListTerms, Sort
from portal.domain.editions import Cap, Edition, Step
from portal.domain.notice import Kind, Level
from portal.domain.window import Counting, FirstDay

words = st.text("金银铜奖组织班项目一二三甲乙丙 \"\\'#=[]", min_size=1, max_size=6).map(
    lambda text: text.strip() or "奖"
)


@st.composite
def terms(draw: st.DrawFn) -> ListTerms:
    grades = draw(
        st.lists(
            st.builds(
                lambda n, p, h: Grade(n, p, honorary=h), words, st.integers(0, 6), st.booleans()
            ),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    categories = []
    for name in draw(st.lists(words, min_size=1, max_size=5, unique=True)):
        columns = tuple(
            draw(st.lists(st.sampled_from(["原名称", "主要完成单位", "性别"]), unique=True))
        )
        sort = draw(st.sampled_from(Sort))
        apart = draw(st.sampled_from(["", *columns])) if sort is not Sort.ORGANIZATION else ""
        joint, takes = draw(st.integers(1, 3)), draw(st.booleans())
        categories.append(Category(name, sort, apart, joint, takes_place=takes, columns=columns))
    return ListTerms(tuple(grades), tuple(categories))


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    """A call, some publicities of any level and length, a decision."""
    found = [Step(1, "申报", "组织", "申报。", Kind.CALL)]
    publicities: list[Kind] = []
    for number in range(draw(st.integers(0, 3))):
        kind = Kind(f"stage-{number}", f"{draw(words)}{number}", draw(st.sampled_from(Level)))
        counting = draw(st.sampled_from(Counting))
        until = counting is Counting.UNTIL
        length = 0 if until else draw(st.integers(1, 20))
        rule = FirstDay.COUNTED if until else draw(st.sampled_from(FirstDay))
        on = tuple(draw(st.lists(st.sampled_from(publicities), unique=True))) if publicities else ()
        found.append(
            Step(len(found) + 1, "公示", "办公室", "公示。", kind, length, counting, rule, on)
        )
        publicities.append(kind)
    on = tuple(publicities[-1:])
    found.append(Step(len(found) + 1, "表彰", "政府", "表彰。", Kind.DECISION, stands_on=on))
    return tuple(found)


def _reach(cap: Cap) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(cap.categories), frozenset(cap.counties)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    own = draw(terms())
    caps = st.builds(
        Cap,
        st.lists(st.sampled_from(own.categories), min_size=1, unique=True).map(tuple),
        st.integers(1, 5),
        st.booleans(),
        st.lists(st.sampled_from(["东山区", "西河区"]), unique=True).map(tuple),
    )
    return Edition(
        slug="any",
        name=f"{draw(words)}奖",
        short="一届",
        terms=own,
        vacancies=draw(st.booleans()),
        caps=tuple(draw(st.lists(caps, max_size=3, unique_by=_reach))),
        steps=draw(steps()),
        deadline=draw(st.none() | st.dates()),
        demonstration=draw(st.booleans()),
        valid_years=draw(st.integers(0, 6)),
        award=draw(st.sampled_from(["", "某奖"])),
    )
