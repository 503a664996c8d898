using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Tests.Methods;

public sealed class ClassTextsTests
{
    private static readonly ClipTokenizer _tokenizer =
        ClipTokenizer.Load(Repository.At("models/tiny-clip"), contextLength: 20, startId: 698, endId: 699);

    [Theory]
    [InlineData("a photo of a {}.")]
    [InlineData("a photo of a {} circle.")]
    [InlineData("{} pattern.")]
    [InlineData("a photo, of a {}")]
    public void The_parts_put_together_are_the_whole_texts(string template)
    {
        string[] names = ["red", "striped_star", "zorp cross"];
        var texts = new ClassTexts(_tokenizer, template, names);
        Assert.Equal(names.Select(name => _tokenizer.Encode(template.Replace("{}", name.Replace('_', ' '), StringComparison.Ordinal))),
            texts.With(texts.Before));
    }

    [Theory]
    [InlineData("a photo of a {}.")]
    [InlineData("{}, {}.")]
    [InlineData("a photo (of a {})")]
    public void A_name_that_ends_in_punctuation_is_read_in_one_piece_with_what_follows(string template)
    {
        string[] names = ["red (dark)", "st.", "zorp-", "cross"];
        var texts = new ClassTexts(_tokenizer, template, names);
        Assert.Equal(names.Select(name => _tokenizer.Encode(template.Replace("{}", name, StringComparison.Ordinal))),
            texts.With(texts.Before));
    }

    [Fact]
    public void Tokens_belong_to_the_trainer_version()
    {
        var texts = new ClassTexts(_tokenizer, "a photo of a {}.", ["red (dark)"]);
        var (version, ids) = (TrainerVersion.Current, string.Join(", ", texts.With(texts.Before).Single()));
        Assert.True((version, ids) == (5, "698, 320, 671, 661, 320, 557, 263, 67, 512, 330, 8, 269, 699"),
            $"Trainer version {version} reads 'red (dark)' as {ids}. Results of other tokens must not answer a job: raise "
            + "TrainerVersion.Current when they change, and write down both here.");
    }

    /// <summary>
    /// Trainer version 3 encoded a name and what follows it by themselves; the tables of docs/users/tiny.md stand for both versions.
    /// </summary>
    [Fact]
    public void The_drawn_data_sets_have_the_tokens_that_they_had_when_names_were_encoded_by_themselves()
    {
        foreach (var name in DrawnDatasets.Names)
        {
            var dataset = DrawnDatasets.Find(name)!;
            foreach (var (className, text) in dataset.ClassNames.Zip(dataset.Texts(template: null)))
            {
                var parts = text.Split(className);
                int[] apart = [698, .. parts[0].Length == 0 ? [] : Inner(parts[0]), .. Inner(className), .. Inner(parts[1]), 699];
                Assert.Equal(apart, _tokenizer.Encode(text));
            }
        }

        static int[] Inner(string text) => _tokenizer.Encode(text)[1..^1];
    }

    [Fact]
    public void Words_that_are_one_word_with_the_name_cannot_be_parted_from_it()
    {
        var apart = new ClassTexts(_tokenizer, "a photo (of a red-{})", ["star"]);
        Assert.Equal([_tokenizer.Encode("a photo (of a red-star)")], apart.With(apart.Before));

        Assert.Equal("The template 'a re{}' joins 'a re' and the class name 'd' into one word; put a space before {}.",
            Assert.Throws<InvalidInputException>(() => new ClassTexts(_tokenizer, "a re{}", ["d"])).Message);
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
        Assert.Equal("The template 'a photo' has no {}; write {} in place of the class name.",
            Assert.Throws<InvalidInputException>(() => new ClassTexts(_tokenizer, "a photo", ["red"])).Message);
}
