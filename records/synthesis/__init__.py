"""The synthesis desk: a draft that writes itself, what the treating GP decides, signing.

Only the treating GP writes it (policy section 5). What the patient hid is never laundered into it:
each line keeps its sources, and the gate withholds it from whoever doesn't see one of them.
"""
