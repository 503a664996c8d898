using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Drawing;

/// <summary>An image with a caption.</summary>
/// <param name="Image">The image, 32 × 32 pixels.</param>
/// <param name="Caption">The caption, such as "a photo of a striped red star on a navy background."</param>
public sealed record CaptionedPicture(RgbImage Image, string Caption);

/// <summary>
/// The endless stream of pretraining images, which show objects in nine colours on dark backgrounds. A caption always mentions the shape,
/// but only some of the other properties, so that the towers learn each word separately.
/// </summary>
public static class CaptionedPictures
{
    private static readonly string[] Templates = ["a photo of {}.", "a picture of {}.", "an image of {}.", "a drawing of {}.", "{}."];
    private static readonly string[] Numbers = ["one", "two", "three", "four"];

    /// <summary>The words on which the tokenizer is trained, including all words used in captions.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. string.Join(' ', Templates).Replace("{}", "", StringComparison.Ordinal)
            .Split([' ', '.'], StringSplitOptions.RemoveEmptyEntries).Distinct(),
        .. Shapes.Known, .. Shapes.Known.Select(Plural),
        .. Palette.Objects.Select(c => c.Name), .. Palette.Grounds.Select(g => g.Name), .. Numbers,
        "on", "the", "left", "right", "top", "bottom", "background", "small", "large",
        "plain", "striped", "dotted", "checkered", "outlined", "object", "objects", ".",
    ];

    /// <summary>Draws the image at <paramref name="index"/> of the stream with the given seed.</summary>
    public static CaptionedPicture Draw(int seed, int index)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, seed, 0, index);
        var (name, colour) = SceneSampler.Pick(ref random, Palette.Objects);
        var (groundName, ground) = SceneSampler.Pick(ref random, Palette.Grounds);
        var shape = SceneSampler.Pick(ref random, Shapes.Known);
        var fill = random.NextDouble() < 0.08 ? Fill.Outlined : SceneSampler.SampleFill(ref random);
        var one = SceneSampler.Large(ref random, shape, colour, fill) with { LineWidth = random.NextUniform(2.2, 3.2) };
        DrawnObject[] objects = [one];
        if (random.NextDouble() < 0.15) objects = SceneSampler.Several(ref random, one, 2 + random.NextInt(3), grid: 2, 3.5, 6.5);
        else if (random.NextDouble() < 0.15)
        {
            var radius = random.NextUniform(4.5, 7.5);
            var (x, y) = (random.NextUniform(radius, SceneRenderer.Size - radius), random.NextUniform(radius, SceneRenderer.Size - radius));
            objects = [one with { Radius = radius, X = x, Y = y }];
        }
        var caption = Describe(ref random, objects, name, groundName);
        return new(SceneRenderer.Render(SceneSampler.OnGround(ref random, ground, objects), ref random), caption);
    }

    private static string Describe(ref CounterRandom random, DrawnObject[] objects, string colour, string ground)
    {
        var (one, many) = (objects[0], objects.Length > 1);
        var words = new List<string>();
        if (many && random.NextDouble() < 0.7) words.Add(Numbers[objects.Length - 1]);
        if (!many && one.Radius is < 7.5 or > 12 && random.NextDouble() < 0.3) words.Add(one.Radius < 7.5 ? "small" : "large");
        if (random.NextDouble() < (one.Fill == Fill.Plain ? 0.25 : 0.7)) words.Add(Name(one.Fill));
        if (random.NextDouble() < 0.45) words.Add(colour);
        words.Add(many ? Plural(one.Shape) : one.Shape);
        var phrase = string.Join(' ', words);
        if (!many) phrase = $"{Article(phrase)} {phrase}";
        if (random.NextDouble() < 0.25) phrase += $" on {Article(ground)} {ground} background";
        else if (!many && random.NextDouble() < 0.4 && Place(one) is { } place) phrase += $" on the {place}";
        return SceneSampler.Pick(ref random, Templates).Replace("{}", phrase, StringComparison.Ordinal);
    }

    private static string? Place(DrawnObject one)
    {
        var (dx, dy) = (one.X - SceneSampler.Middle, one.Y - SceneSampler.Middle);
        if (Math.Max(Math.Abs(dx), Math.Abs(dy)) < 3) return null;
        return Math.Abs(dx) > Math.Abs(dy) ? (dx < 0 ? "left" : "right") : dy < 0 ? "top" : "bottom";
    }

    private static string Name(Fill fill) => fill.ToString().ToLowerInvariant();

    private static string Plural(string shape) => shape.EndsWith('s') ? shape + "es" : shape + "s";

    private static string Article(string phrase) => phrase[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
}
