import ast

MODULE, FUNCTION = 350, 60


def largest(sizes: dict[str, int]) -> list[str]:
    ranked = sorted(sizes.items(), key=lambda item: -item[1])
    return [f"{lines:4} {name}" for name, lines in ranked[:5]]


def test_modules_stay_small_enough_to_read_at_one_sitting(modules, capsys):
    sizes = {module.name: module.text.count("\n") for module in modules}
    with capsys.disabled():
        print("\nlargest modules:", *largest(sizes), sep="\n")
    assert {name: lines for name, lines in sizes.items() if lines > MODULE} == {}


def test_functions_stay_on_one_screen(modules, capsys):
    sizes = {
        f"{module.name}.{node.name}": node.end_lineno - node.lineno + 1
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    with capsys.disabled():
        print("\nlargest functions:", *largest(sizes), sep="\n")
    assert {name: lines for name, lines in sizes.items() if lines > FUNCTION} == {}
