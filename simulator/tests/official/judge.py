"""What Stripe's generated request types say of a form, with unknown fields refused and enumerations closed.

Reads JSON from stdin: {"forms": [[[name, value], ...], ...]}. Writes {"verdicts": [null or why, ...], "paths": [...]}, where
paths are the names of all parameters there are.
"""
import importlib.util
import json
import re
import sys
import typing

import pydantic
import typing_extensions

NAME = "stripe.params.checkout._session_create_params"


def types():
    spec = importlib.util.find_spec(NAME)
    source = open(spec.origin, encoding="utf-8").read()
    # The package leaves every enumeration open (`| str`), so that older clients take newer words. Here they are closed.
    source = re.sub(r"Literal\[(?!''\])([^\]]*)\]\|str", r"Literal[\1]", source)
    source = re.sub(r"Union\[\s*(Literal\[[^\]]*\]),\s*str,?\s*\]", r"\1", source)
    source = re.sub(r"(Dict\[str, (\w+)\])\|UntypedStripeObject\[\w+\]", r"\1", source)
    # Options of the client itself (its key, its account) are no parameters.
    source = source.replace("(RequestOptions)", "(TypedDict)")
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    exec(compile(source, spec.origin, "exec"), module.__dict__)
    for value in vars(module).values():
        if typing_extensions.is_typeddict(value):
            value.__pydantic_config__ = pydantic.ConfigDict(extra="forbid")
    return module


def tree(pairs):
    root = {}
    for name, value in pairs:
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = root
        for part, following in zip([first, *rest], rest):
            place = place.setdefault(part, {})
        place[[first, *rest][-1]] = value
    return lists(root)


def lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [lists(node[key]) for key in sorted(node, key=int)]
    return {key: lists(value) for key, value in node.items()}


def paths(kind, at, module):
    if isinstance(kind, (str, typing.ForwardRef)):
        text = kind if isinstance(kind, str) else kind.__forward_arg__
        kind = eval(text, {**vars(typing), **vars(module)})
    origin = typing.get_origin(kind)
    if origin is typing_extensions.NotRequired or origin is typing_extensions.Required:
        return paths(typing.get_args(kind)[0], at, module)
    if typing_extensions.is_typeddict(kind):
        hints = typing_extensions.get_type_hints(kind, vars(module))
        return [path for name in hints for path in paths(hints[name], f"{at}[{name}]" if at else name, module)]
    if origin in (list, typing.List):
        return paths(typing.get_args(kind)[0], f"{at}[0]", module)
    if origin in (dict, typing.Dict):
        return [f"{at}[key]"]
    structured = [arm for arm in typing.get_args(kind) if typing_extensions.is_typeddict(arm) or typing.get_origin(arm) in (list, dict)]
    if origin is not None and structured:
        return paths(structured[0], at, module)
    return [at]


def main():
    module = types()
    asked = json.load(sys.stdin)
    adapter = pydantic.TypeAdapter(module.SessionCreateParams)
    verdicts = []
    for pairs in asked["forms"]:
        try:
            adapter.validate_python(tree(pairs))
            verdicts.append(None)
        except pydantic.ValidationError as error:
            verdicts.append(str(error.errors(include_url=False, include_input=False)[0]))
    json.dump({"verdicts": verdicts, "paths": paths(module.SessionCreateParams, "", module)}, sys.stdout)


if __name__ == "__main__":
    main()
