def f(text):
    words = {}
    word = ""
    for c in text + " ":
        if c.isalpha():
            word += c.lower()
        elif word:
            words[word] = words.get(word, 0) + 1
            word = ""
    return sorted(words.items())


print(f("The cat and the hat and THE bat; a cat."))
