"""The oracle's second page: which profession may read which type, from the published lists.

It imports nothing of ours. Types and classes: the national table of 23 February 2024. Grid: the
working one, which stands until the official annex replaces it.
"""

from __future__ import annotations


TYPES = {
    "10": """11488-4 11490-0 11502-2 11505-5 11506-3 11526-1 15507-7 15508-5 28653-4 29274-8
        34112-3 34749-2 34794-8 34874-8 34875-5 47420-5 51969-4 59283-2 60568-3 67851-6 70004-7
        75482-0 75492-9 75496-0 77436-4 78513-9 78601-2 83981-1 85208-7 93024-8 96349-6 BIL_AUTO
        DOCPAT03 DOCPAT05 DOCPAT06""",
    "11": """18761-7 34133-9 34842-5 56445-0 57055-6 57057-2 57075-4 60591-5 68599-0 68817-6
        74207-2 78489-2 80820-4 83836-7 83901-9 88348-8 89235-6 DOCPAT01 DOCPAT08 SYNTH""",
    "31": "18748-4 52040-3 DOCPAT04 IMG-KOS",
    "42": """55115-0 57828-6 57832-8 57833-6 61357-0 75468-9 DOCPAT02 PRESC-AAT PRESC-BIO
        PRESC-INF PRESC-KINE PRESC-ORTHOPHO PRESC-ORTHOPTIE PRESC-PEDI""",
    "43": "60593-1 DISP_AUT",
    "44": "18776-5 77604-7 80771-9 80788-3 83869-8 PROT_ALD",
    "45": "80565-5",
    "52": "11369-6 87273-9 89601-9 96173-0 96874-3 CERT_DECL DOCPAT07",
    "60": "REMB",
    "90": "74465-6 EXPPAT_1 EXPPAT_2 EXPPAT_3",
    "95": """59284-0 86531-1 ATTEST-ASS-COMPL ATTEST-DROITS-AM ATTEST-HEBGT ATTEST-RESID
        AUTORIS-SOINS DOCPAT09""",
}
CLASS_OF = {code: name for name, codes in TYPES.items() for code in codes.split()}
PROFILE = {
    code: number
    for number, codes in enumerate(
        ["10", "50 21 60", "40", "70 80 91 92 94 95 96 98 26 28 81 82 83 84 85", "41 93 330"], 1
    )
    for code in codes.split()
}
REFUSED = {  # by profile: types, or whole classes
    1: "ATTEST-RESID",
    2: "68599-0",
    3: "75496-0 83981-1 83901-9 68599-0 80788-3 class-95",
    4: "51969-4 34794-8 83901-9 68599-0 class-95",
    5: """15507-7 BIL_AUTO 34794-8 34112-3 11506-3
        class-11 class-31 class-42 class-43 class-45 class-52 class-60 class-90""",
}
READ_ALL_THE_SAME = {5: "34133-9 88348-8 34842-5 EXPPAT_1 EXPPAT_3"}
SYNTHESIS = {"SYNTH", "60591-5"}
RESULTS = {"11502-2", "60568-3", "51969-4", "70004-7", "96173-0", "DOCPAT05"}


def readable(profession, code):
    if profession not in PROFILE or code not in CLASS_OF:
        return False
    profile = PROFILE[profession]
    if code in SYNTHESIS or code in READ_ALL_THE_SAME.get(profile, "").split():
        return True
    return not {code, f"class-{CLASS_OF[code]}"} & set(REFUSED[profile].split())


def kind_of_care(code):
    """The kind of care of a delegate's scope that a document counts under; none if unknown."""
    if code in RESULTS or CLASS_OF.get(code) == "31":
        return "results"
    if code == "56445-0" or CLASS_OF.get(code) in {"42", "43", "45"}:
        return "medicines"
    named = {None: None, "60": "claims", "90": "entries"}
    return named.get(CLASS_OF.get(code), "letters")
