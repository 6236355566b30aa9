"""A deposited file is what it opens as; each one refused has its sentence."""

from __future__ import annotations

import io
import struct
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFile

from records.contents import JPEG, PDF, PNG, TEXT, WrongContent, examine, pdf as pdf_files
from tests.records.contents.making import a_pdf, a_photo, a_png


ACTIVE = (
    "Ce PDF contient un programme ou une pièce jointe cachée. "
    "Imprimez-le en PDF, puis déposez la copie."
)
NOT_TAKEN = (
    "Ce type de fichier n'est pas accepté. "
    "Déposez un PDF, une photo (JPEG ou PNG) ou un texte simple."
)
TOO_LARGE = (
    "Cette image est trop grande. Limite : 50 millions de points. "
    "Réduisez-la, puis déposez-la de nouveau."
)


def refusal(data: bytes) -> str:
    with pytest.raises(WrongContent) as refused:
        examine(data)
    return str(refused.value)


def test_a_pdf_is_kept_with_its_pages_and_a_picture_of_the_first():
    kept = examine(a_pdf(pages=3))

    assert (kept.media_type, kept.pages) == (PDF, 3)
    assert kept.data.startswith(b"%PDF-")
    with Image.open(io.BytesIO(kept.preview)) as preview:
        assert preview.format == "PNG"
        assert preview.width == 900


def test_the_same_pdf_deposited_twice_is_the_same_bytes():
    once = a_pdf(pages=2)

    assert examine(once).data == examine(once).data


def test_an_empty_file_is_told_so():
    assert refusal(b"") == "Ce fichier est vide (0 octet). Choisissez-en un autre."


def test_one_byte_over_ten_megabytes_is_too_much_and_ten_megabytes_is_not():
    sentence = refusal(b"a" * (10 * 1024 * 1024 + 1))

    assert sentence == (
        "Ce fichier fait 10,1 Mo. Limite : 10 Mo. Conseil : envoyez une photo par page."
    )
    padded = a_pdf() + b"%" * (10 * 1024 * 1024)
    kept = examine(padded[: 10 * 1024 * 1024])
    assert kept.media_type == PDF


def test_a_pdf_that_takes_more_memory_than_it_is_given_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_files, "MEMORY", 2**25)

    assert refusal(a_pdf() + b"%" * 2**23) == (
        "Ce PDF demande trop de mémoire ou de temps pour être ouvert. "
        "Imprimez-le en PDF, puis déposez la copie."
    )


def test_a_pdf_that_takes_too_long_to_draw_is_kept_without_its_picture(monkeypatch):
    monkeypatch.setattr(pdf_files, "SECONDS", 1)

    def with_a_million_strokes(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_stream(b"0 0 m 600 800 l S " * 1_000_000)

    kept = examine(a_pdf(spoil=with_a_million_strokes))

    assert (kept.media_type, kept.pages, kept.preview) == (PDF, 1, b"")
    with pikepdf.open(io.BytesIO(kept.data)) as pdf:
        assert pdf.pages[0].Contents.read_bytes().startswith(b"0 0 m")


def with_open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def with_script_on_a_link(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    )
    pdf.pages[0].Annots = Array([Array([Dictionary(Deep=link)])[0]["/Deep"]])


def with_script_deep_in_an_array(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.URI, Next=Array([Array([Dictionary(S=Name.Launch)])]))
    pdf.pages[0].AA = Dictionary(O=action)


def with_named_script(pdf: pikepdf.Pdf) -> None:
    script = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)")))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", script])))


def with_attached_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def with_form_that_sends(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(C=Dictionary(S=Name.SubmitForm, F="https://exemple.test"))


def with_xml_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def with_film(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia)])


@pytest.mark.parametrize(
    "spoil",
    [
        with_open_action, with_script_on_a_link, with_script_deep_in_an_array, with_named_script,
        with_attached_file, with_form_that_sends, with_xml_form, with_film,
    ],
)  # fmt: skip
def test_a_pdf_that_runs_or_carries_something_is_refused(spoil):
    assert refusal(a_pdf(spoil=spoil)) == ACTIVE


def test_a_script_hidden_in_a_compressed_object_is_found():
    with pikepdf.open(io.BytesIO(a_pdf(spoil=with_named_script))) as pdf:
        packed = io.BytesIO()
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in packed.getvalue()

    assert refusal(packed.getvalue()) == ACTIVE


def test_where_a_pdf_opens_is_left_out_and_its_links_stay():
    def spoil(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
        address = Dictionary(S=Name.URI, URI="https://exemple.test")
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=address)])

    with pikepdf.open(io.BytesIO(examine(a_pdf(spoil=spoil)).data)) as kept:
        assert "/OpenAction" not in kept.Root
        assert str(kept.pages[0].Annots[0].A.URI) == "https://exemple.test"


def test_a_pdf_under_a_password_is_refused():
    locked = a_pdf(encryption=pikepdf.Encryption(owner="a", user="b"))

    assert refusal(locked) == (
        "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."
    )


def test_a_pdf_that_only_forbids_printing_is_kept_in_clear():
    kept = examine(a_pdf(encryption=pikepdf.Encryption(owner="a", user="")))

    with pikepdf.open(io.BytesIO(kept.data)) as pdf:
        assert not pdf.is_encrypted


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00\xff" * 500, a_pdf()[:120]],
    ids=["header alone", "noise", "cut short"],
)
def test_a_damaged_pdf_is_refused(data):
    assert refusal(data) == "Ce PDF est abîmé : il ne s'ouvre pas. Enregistrez-le de nouveau."


def test_a_pdf_of_more_than_200_pages_is_to_be_cut():
    assert refusal(a_pdf(pages=201)) == (
        "Ce PDF a 201 pages. Limite : 200. Déposez-le en plusieurs."
    )
    assert examine(a_pdf(pages=200)).pages == 200


def test_what_is_hidden_after_the_end_of_a_pdf_is_not_kept():
    kept = examine(a_pdf() + b"<html><script>alert(1)</script></html>PK\x03\x04")

    assert b"<script>" not in kept.data
    assert b"PK\x03\x04" not in kept.data


def test_a_page_as_long_as_a_street_is_drawn_small():
    kept = examine(a_pdf(size=(3, 14_400)))

    with Image.open(io.BytesIO(kept.preview)) as preview:
        assert preview.height <= 1800


def test_a_photo_is_kept_without_the_place_where_it_was_taken():
    photo = a_photo(exif={0x8825: {1: "N", 2: (48.0, 51.0, 30.0)}, 0x0110: "Telephone"})
    assert b"Telephone" in photo

    kept = examine(photo)

    assert (kept.media_type, kept.pages) == (JPEG, 1)
    assert b"Exif" not in kept.data
    assert b"Telephone" not in kept.data


def test_a_photo_taken_sideways_is_kept_upright():
    kept = examine(a_photo(size=(40, 20), exif={0x0112: 6}))

    with Image.open(io.BytesIO(kept.data)) as upright:
        assert upright.size == (20, 40)


def test_a_photo_of_a_telephone_that_keeps_two_in_one_file_is_kept():
    one, other = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (15, 10), "blue")
    both = io.BytesIO()
    one.save(both, format="MPO", save_all=True, append_images=[other])

    kept = examine(both.getvalue())

    with Image.open(io.BytesIO(kept.data)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (30, 20))


def test_a_drawing_keeps_its_clear_parts_and_loses_its_texts():
    drawing = a_png(mode="RGBA", text=("Comment", "rue du Port"))
    assert b"rue du Port" in drawing

    kept = examine(drawing)

    assert kept.media_type == PNG
    assert b"rue du Port" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as opened:
        assert opened.mode == "RGBA"


def test_a_radiograph_of_65536_greys_is_not_all_white():
    radiograph = io.BytesIO()
    picture = Image.new("I;16", (10, 10), 20_000)
    picture.save(radiograph, format="PNG")

    with Image.open(io.BytesIO(examine(radiograph.getvalue()).data)) as kept:
        assert kept.convert("L").getpixel((0, 0)) == 20_000 // 256


def announced(width: int, height: int) -> bytes:
    """A PNG whose head announces a size that its few bytes do not hold."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100)

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("mode", "drawn"), [("1", "L"), ("L", "L"), ("P", "RGB")])
def test_a_drawing_in_few_shades_keeps_them_and_is_no_larger(mode, drawn):
    """As colours, a page of black and white noise was many times as large, and took minutes."""
    sent = a_png(mode=mode)

    kept = examine(sent)

    assert len(kept.data) <= len(sent)
    with Image.open(io.BytesIO(sent)) as before, Image.open(io.BytesIO(kept.data)) as after:
        assert after.mode == mode
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    with Image.open(io.BytesIO(kept.preview)) as small:
        assert small.mode == drawn


@pytest.mark.parametrize("size", [(7_072, 7_072), (10_000, 10_000), (60_000, 60_000)])
def test_an_image_that_would_fill_the_memory_is_refused_before_it_is_opened(size):
    assert refusal(announced(*size)) == TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [b"\xff\xd8\xff\xe0" + b"\0" * 50, a_photo()[:-40], a_png()[:40]],
    ids=["noise", "photo cut short", "drawing cut short"],
)
@pytest.mark.parametrize("lenient", [False, True], ids=["fresh", "after a leaflet was printed"])
def test_a_damaged_image_is_refused(data, lenient, monkeypatch):
    # What WeasyPrint does to the whole process when it is imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)
    assert refusal(data) == (
        "Cette image est abîmée : elle ne s'ouvre pas. Prenez la photo de nouveau."
    )


def test_a_drawing_whose_words_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    words = zlib.compress(b" " * 80_000_000)
    body = b"Comment\0\0" + words
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))
    head = a_png()

    assert "abîmée" in refusal(head[:33] + chunk + head[33:])


def test_what_follows_a_photo_is_not_kept():
    kept = examine(a_photo() + b"PK\x03\x04<script>alert(1)</script>")

    assert b"<script>" not in kept.data


def test_a_plain_text_is_kept_in_one_encoding():
    kept = examine("\ufeffLettre au Dr Petit,\r\nà lire.".encode())

    assert kept.media_type == TEXT
    assert kept.data.decode() == "Lettre au Dr Petit,\r\nà lire."
    assert kept.preview == b""


def test_a_text_of_older_windows_software_is_kept_as_utf8():
    said = "Élève allergique à l’œuf – contrôle à 3 °C, coût : 12 €.\r\nNaïve."

    assert examine(said.encode("cp1252")).data.decode() == said
    assert examine("Hémoglobine 12 g/dl".encode("latin-1")).data.decode() == "Hémoglobine 12 g/dl"


def test_a_text_may_speak_of_less_and_more():
    assert examine(b"Hemoglobine < 12 et > 10").media_type == TEXT


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><p>bonjour",
        b"  \n<HTML><script>alert(1)</script>",
        b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!-- --><body onload=alert(1)>",
        b"<?xml version='1.0'?><a/>",
        b"\xef\xbb\xbf<html>",
        b"{\\rtf1 bonjour}",
        b"%!PS-Adobe-3.0",
        b"bonjour\n%PDF-1.7\n1 0 obj<</JS(x)>>",
        b"GIF89a" + b"\0" * 10,
        b"PK\x03\x04" + b"\0" * 30,
        b"MZ\x90\x00",
        b"texte\x00",
        "été".encode()[:-1],  # cut in the middle of a letter
        "été".encode() + b"\xe9",
        "été".encode("latin-1") + b"\x81",  # nothing there in Windows' letters
        "été".encode("latin-1") + b"\x9f\x00",
        "texte".encode("utf-16"),
        "<html>été".encode("cp1252"),
        b"\x1b]0;titre\x07",
    ],
)
def test_what_is_neither_pdf_nor_photo_nor_plain_text_is_refused(data):
    assert refusal(data) == NOT_TAKEN


def test_a_text_without_a_word_is_told_so():
    assert refusal(b"\xef\xbb\xbf \r\n\t") == (
        "Ce fichier ne contient aucun mot. Choisissez-en un autre."
    )


def test_a_text_of_more_than_a_megabyte_is_told_its_size():
    assert refusal(b"mot " * 300_000) == (
        "Ce texte fait 1,2 Mo. Limite : 1 Mo. Enregistrez-le en PDF."
    )
    # What is kept is measured, not what came.
    assert "fait 1,2 Mo" in refusal("é".encode("cp1252") * 600_000)
