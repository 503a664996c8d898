using System.Text.RegularExpressions;
using AdaptCluster.Training.Drawing;

namespace AdaptCluster.Training.Tests.Drawing;

public sealed class CaptionedPicturesTests
{
    private const int Seed = 7;

    [Fact]
    public void A_picture_depends_on_seed_and_index_alone()
    {
        var (first, other, again) = (CaptionedPictures.Draw(Seed, 5), CaptionedPictures.Draw(Seed, 6), CaptionedPictures.Draw(Seed, 5));

        Assert.Equal(first.Caption, again.Caption);
        Assert.Equal(first.Image.Pixels, again.Image.Pixels);
        Assert.NotEqual(first.Image.Pixels, other.Image.Pixels);
        Assert.NotEqual(first.Image.Pixels, CaptionedPictures.Draw(Seed + 1, 5).Image.Pixels);
        Assert.Equal((SceneRenderer.Size, SceneRenderer.Size), (first.Image.Width, first.Image.Height));
    }

    [Fact]
    public void Captions_say_an_before_vowels_and_a_before_consonants()
    {
        foreach (var caption in Captions())
        {
            foreach (Match match in Regex.Matches(caption, @"\b(an?) (\w)"))
                Assert.True(match.Groups[1].Value == "an" == "aeiou".Contains(match.Groups[2].Value, StringComparison.Ordinal), caption);
        }
    }

    [Fact]
    public void Captions_are_made_of_the_known_words()
    {
        var known = CaptionedPictures.Words.ToHashSet(StringComparer.Ordinal);

        foreach (var caption in Captions())
            Assert.Subset(known, caption.Replace(".", " .", StringComparison.Ordinal).Split(' ').ToHashSet());
    }

    [Fact]
    public void Every_shape_colour_and_number_is_told_of()
    {
        var words = Captions().SelectMany(caption => caption.TrimEnd('.').Split(' ')).ToHashSet();

        Assert.Superset(Shapes.Known.ToHashSet(), words);
        Assert.Superset(Palette.Objects.Select(colour => colour.Name).ToHashSet(), words);
        Assert.Superset(new HashSet<string> { "two", "three", "four", "small", "large", "striped", "dotted", "checkered" }, words);
        Assert.DoesNotContain(Shapes.Unseen, words.Contains);
    }

    private static IEnumerable<string> Captions() => Enumerable.Range(0, 3000).Select(i => CaptionedPictures.Draw(Seed, i).Caption);
}
