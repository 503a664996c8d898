using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Tests.Tokenization;

/// <summary>The expected values are those of Python's html.unescape, str.lower and CLIP's expression.</summary>
public class TextCleanerTests
{
    [Theory]
    [InlineData("&amp;amp;", "&amp;")]
    [InlineData("&copy 2024 &nosuch;", "© 2024 &nosuch;")]
    [InlineData("&notit;", "¬it;")]
    [InlineData("&check;&lbrace;&NotEqualTilde;", "✓{≂̸")]
    [InlineData("&#233;&#xE9&#X1F600;", "éé😀")]
    [InlineData("&#128;&#0;&#55296;&#1114112;&#99999999999;", "€\ufffd\ufffd\ufffd\ufffd")]
    [InlineData("&#1;&#11;&#65534;|", "|")]
    [InlineData("& &; &# &#; &#x; &", "& &; &# &#; &#x; &")]
    public void Html_is_unescaped_as_by_Python(string text, string expected) => Assert.Equal(expected, HtmlText.Unescape(text));

    [Theory]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφος")]
    [InlineData("ΑΣ'", "ας'")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("Σ", "σ")]
    [InlineData("İSTANBUL", "i̇stanbul")]
    [InlineData("ẞ K Å 𝐀 𐐀", "ß k å 𝐀 𐐨")]
    public void Lower_case_is_Pythons(string text, string expected) => Assert.Equal(expected, PythonLower.Lower(text));

    [Theory]
    [InlineData("  a \t\n\u00a0\u3000 b\u2028", "a b")]
    [InlineData("&nbsp;A&amp;nbsp;B", "a b")]
    [InlineData("", "")]
    public void White_space_is_trimmed_and_made_one_space(string text, string expected) => Assert.Equal(expected, TextCleaner.Clean(text));

    [Theory]
    [InlineData("it's 2012!", "it|'s|2|0|1|2|!")]
    [InlineData("rock'n'roll we'll", "rock|'|n|'|roll|we|'ll")]
    [InlineData("!'s", "!'|s")]
    [InlineData("'ſ", "'ſ")]
    [InlineData("a<|endoftext|>b", "a|<|endoftext|>|b")]
    [InlineData("!<|endoftext|>", "!<||endoftext||>")]
    [InlineData("𝒜b½👍👍", "𝒜b|½|👍👍")]
    public void Words_are_those_of_CLIPs_expression(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', WordSplitter.Split(text)));
}
