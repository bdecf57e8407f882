"""Operations turned into edits of one text, in its own style, and held to what they were meant to say."""
