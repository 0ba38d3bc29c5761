"""The methods paragraphs: evidence, works, figures, and what they look like."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from written import RESULTS, audited, own_targets, panel, result, scores, written

import disca_nb
from disca_nb import alignment, macro, methods, open_results, save_results, steer
from disca_nb._methods import _PARAGRAPHS
from disca_nb._methods.bibliography import _ENTRIES
from disca_nb._methods.facts import clean, facts_of
from disca_nb._methods.steering import _VARIANTS
from disca_nb.errors import InputError
from disca_nb.metrics.audit_report import Audit
from disca_nb.steering import VARIANTS

EVIL = '<script>alert("x")</script>\'&amp;<b>'


@pytest.mark.parametrize("name", RESULTS)
def test_every_sentence_ends_with_its_evidence(name: str) -> None:
    facts = facts_of(result(name))
    for paragraph in _PARAGRAPHS:
        for sentence in paragraph(facts):
            assert sentence.evidence or sentence.cites
            assert re.search(r"(\)|\])\.$", str(sentence)), sentence
            assert str(sentence) in written(name).text


@pytest.mark.parametrize("name", RESULTS)
def test_works_are_cited_exactly_where_they_are_listed(name: str) -> None:
    paragraphs = written(name)
    groups = re.findall(r"\[([\w; ]+)\]\.", paragraphs.text)
    cited = {key for group in groups for key in group.split("; ")}
    assert cited == set(re.findall(r"^@\w+{(\w+),$", paragraphs.bibtex, re.MULTILINE))
    assert paragraphs.bibtex.count("\n@") == len(cited) - 1


def test_all_works_are_cited_somewhere() -> None:
    everything = "".join(written(name).bibtex for name in RESULTS)
    assert all(f"{{{key},\n" in everything for key in _ENTRIES)


def test_entries_have_what_identifies_a_work_and_no_authors_that_are_not_certain() -> None:
    for kind, fields in _ENTRIES.values():
        assert "title" in fields
        assert ("author" in fields) != ("key" in fields)
        assert kind == ("article" if "journal" in fields else "misc")
    entries = written("scores").bibtex
    for number in ("2605.10843", "2407.02273", "10.1038/s41586-018-0637-6", "10.1007/BF00122574"):
        assert number in entries
    assert f"note = {{Version {disca_nb.__version__}}}" in entries
    assert entries.count("{") == entries.count("}")


def test_every_variant_has_its_equation() -> None:
    assert set(_VARIANTS) == set(VARIANTS)


def test_versions_are_said_to_be_those_of_the_text() -> None:
    last = written("scores").text.split("\n\n")[-1]
    for name in (
        f"disca_nb {disca_nb.__version__}",
        f"numpy {np.__version__}",
        "numba ",
        "Python ",
    ):
        assert name in last
    assert last.endswith("of later steps the result keeps no versions [disca_nb].")
    log = written("recorded passes").text
    assert log.endswith("of the steps that made it the result keeps no versions [disca_nb].")


def test_figures_are_those_of_the_means() -> None:
    means = macro(scores())
    for name in ("mis", "mis_vanilla", "mis_coin_flip", "mis_leave_one_out", "noise_ceiling"):
        value, low, high = (means[name + end].item() for end in ("", "_low", "_high"))
        assert f" {value:.3f} ({low:.3f}–{high:.3f})" in written("scores").text


def test_scores_and_their_means_give_the_same_figures() -> None:
    def figures(text: str) -> list[str]:
        return re.findall(r"\d\.\d{3} \([^)]*\)", text)

    assert figures(methods(macro(scores())).text) == figures(written("scores").text)


def test_figures_of_an_audit_are_its_own() -> None:
    report = audited()["first"]
    low, high = (report.value(f"macro_mis_{end}") for end in ("low", "high"))
    text = written("audit of one").text
    assert f"first, disca-paper {report.mis():.3f} ({low:.3f}–{high:.3f}) (audit.methods)" in text
    assert f"world-mean {report.mis('world-mean'):.3f} (" in text
    assert f"are no rivals: {', '.join(report.oracles)} (audit.oracles)" in text


def test_every_variant_has_its_figure() -> None:
    means = macro(result("compare"))
    for name in ("vanilla", "consensus", "paper"):
        value = means.mis.sel(variant=name).item()
        assert f"synthetic-demo, {name} {value:.3f} (" in written("compare").text


def test_no_mean_of_one_country_has_an_interval() -> None:
    mis = result("one country")["mis"].item()
    assert (
        f"over 1 country is: synthetic-demo, paper {mis:.3f} (variable"
        in written("one country").text
    )


def test_figures_that_differ_between_models_are_a_span() -> None:
    means = macro(scores())[["mis"]].squeeze("model", drop=True)
    means = means.assign(mis_coin_flip=("model", [0.25, 0.5])).assign_coords(model=["a", "b"])
    assert "a coin flip 0.250 to 0.500 (" in methods(means).text


def test_targets_that_are_noise_are_named() -> None:
    human = own_targets()["human_preference"]
    error = xr.full_like(human, 0.2).where(human["country"] == "CHN", 0.01)
    noisy = own_targets().assign(human_preference_se=error)
    text = methods(alignment(steer(panel(), variant="consensus"), noisy)).text
    assert "Errors of the targets alone would cost a perfect model more than 0.1 in CHN (" in text


def test_settings_of_another_variant_are_not_claimed() -> None:
    # It still carries the attributes of passes that its decisions did not use.
    assert "sigma" in result("one of compare").attrs
    for name in ("one of compare", "rival"):
        assert "Settings are" not in written(name).text
    assert "method" not in result("two methods").attrs
    assert "monte-carlo (K 64, M 2, seed 9)" in written("two methods").text


@pytest.mark.parametrize("ending", [".zarr", ".nc"])
@pytest.mark.parametrize("name", ["gaps", "monte-carlo", "reported", "compare", "three countries"])
def test_a_saved_result_gives_the_same_text(name: str, ending: str, tmp_path: Path) -> None:
    path = save_results(result(name), tmp_path / f"run{ending}")
    assert methods(open_results(path)) == written(name)


def test_a_chunked_result_gives_the_same_text() -> None:
    pytest.importorskip("dask")
    assert methods(scores().chunk(country=2)) == written("scores")


@pytest.mark.parametrize(
    "path",
    [
        "/home/someone/my runs/phi-4.csv",
        "/phi-4.csv",
        "~/runs/phi-4.csv",
        "~someone/phi-4.csv",
        "file:///home/someone/phi-4.csv",
        "source:/home/someone/phi-4.csv",
        "a.csv; /home/someone/phi-4.csv",
        "(/home/someone/phi-4.csv)",
        "C:\\Users\\someone\\phi-4.csv",
        "C:/Users/someone/phi-4.csv",
        "\\\\server\\someone\\phi-4.csv",
    ],
)
def test_no_absolute_path_leaks(path: str) -> None:
    dataset = scores().assign_attrs(source=path, targets=path, steering=path, folds=path)
    dataset = dataset.assign_coords(model=[path]).assign_attrs(targets_touched=path)
    text = methods(dataset).text
    assert "phi-4.csv" in text
    for part in ("someone", "/home", "Users", "~", "server", "/phi", "file:", "C:", "my runs"):
        assert part not in text


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a/b.csv",
        "doi:10.1038/s41586-018-0637-6 (MIT)",
        "meta-llama/Llama-3",
        "and/or",
        "a / b",
        "runs/phi-4.csv",
    ],
)
def test_what_is_no_absolute_path_stays(text: str) -> None:
    assert clean(text) == text


class Tags(HTMLParser):
    """Collects the tags of a page and what stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_escapes_everything_that_comes_from_data() -> None:
    hostile = steer(panel(), variant="consensus")
    hostile = hostile.assign_coords(
        model=[f"model {EVIL}"],
        country=[*panel()["country"].values[1:], f"country {EVIL}"],
        persona=[f"persona {i} {EVIL}" for i in range(4)],
        variant=f"variant {EVIL}",
    ).assign_attrs(source=f"source {EVIL}", targets=EVIL, category_temperature=EVIL)
    page = Tags()
    page.feed(methods(hostile)._repr_html_())
    page.close()
    assert set(page.tags) == {"section", "p", "pre"}
    for what in ("model", "country", "persona 0", "variant", "source"):
        assert clean(f"{what} {EVIL}") in page.text


def test_hostile_settings_are_escaped_too() -> None:
    attrs = dict.fromkeys(["sigma", "rho", "eta", "seed", "folds", "targets_touched"], EVIL)
    hostile = steer(panel(), variant="paper").assign_attrs(attrs)
    assert "<script" not in methods(hostile)._repr_html_()
    assert "<script" in methods(hostile).text


def test_the_page_takes_its_colours_from_the_notebook() -> None:
    page = written("scores")._repr_html_()
    assert page.count("color:inherit;background:none") == 2
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", page)


def test_it_shows_itself_as_text_with_the_works_below() -> None:
    paragraphs = written("scores")
    assert str(paragraphs) == repr(paragraphs) == f"{paragraphs.text}\n\n{paragraphs.bibtex}"
    with pytest.raises(AttributeError):
        paragraphs.text = ""  # type: ignore[misc]


def test_what_is_no_result_has_no_methods() -> None:
    with pytest.raises(InputError, match=r"Expected an xarray.Dataset, got dict"):
        methods({})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="has no labels"):
        methods(xr.Dataset({"mis": ("country", [1.0])}))
    with pytest.raises(InputError, match="The audit holds 0 models"):
        methods(Audit({}))


def test_audits_of_different_data_share_no_claim() -> None:
    first, second = audited()["first"], audited()["second"]
    elsewhere = second.scores.assign_attrs(source="elsewhere.csv", sigma=0.3)
    mixed = Audit({"first": first, "second": replace(second, scores=elsewhere)})
    text = methods(mixed).text
    assert "elicited from synthetic-demo; elsewhere.csv (attribute source)" in text
    assert "Settings are λ 0.7" in text


def test_a_recorded_model(recorded_files: list[Path]) -> None:
    path = next(path for path in recorded_files if path.name == "phi-4.csv.gz")
    steered = steer(disca_nb.datasets.recorded.load(path), method="recorded")
    text = methods(alignment(steered)).text
    assert "Mean misalignment over 20 countries is: phi-4, paper 0.378 (" in text
    assert "a coin flip 0.483 (" in text
    assert "the mean of the other countries' people 0.074 (" in text
    assert "is expected at" not in text
    assert "more than 0.1 in ETH (" in text
    assert str(path.parent) not in text
