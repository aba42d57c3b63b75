"""What the views of the page share: the screen they draw, cached drawings, controls, and the forms of notes.

In: what a viewer chose. Out: elements on the page. Nothing here knows a view.
"""
