using AdaptCluster.Contracts;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Tests.Methods;

public sealed class ClassTextsTests
{
    private static readonly ClipTokenizer _tokenizer = ClipTokenizer.Load(Repository.At("models/tiny-clip"), contextLength: 20, startId: 698, endId: 699);

    [Theory]
    [InlineData("a photo of a {}.")]
    [InlineData("a photo of a {} circle.")]
    [InlineData("{} pattern.")]
    [InlineData("a photo, of a {}")]
    public void The_parts_put_together_are_the_whole_texts(string template)
    {
        string[] names = ["red", "striped_star", "zorp cross"];
        var texts = new ClassTexts(_tokenizer, template, names);
        Assert.Equal(names.Select(name => _tokenizer.Encode(template.Replace("{}", name.Replace('_', ' '), StringComparison.Ordinal))), texts.With(texts.Before));
    }

    [Fact]
    public void Places_stand_between_the_start_and_the_name()
    {
        var texts = new ClassTexts(_tokenizer, "a photo of a {}.", ["red", "zorp cross"]);
        Assert.Equal(texts.Names.Select(name => name.Length + 3 + 2), texts.WithPlaces(3).Select(text => text.Length - 1));
        Assert.All(texts.WithPlaces(3), text => Assert.Equal([698, 0, 0, 0], text[..4]));
    }

    [Fact]
    public void A_template_without_a_place_for_the_name_is_refused() =>
        Assert.Equal("The template 'a photo' has no {}; write {} where the class name belongs.",
            Assert.Throws<InvalidInputException>(() => new ClassTexts(_tokenizer, "a photo", ["red"])).Message);
}
