using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Drawing;

/// <summary>
/// The definitions of the drawn data sets. Any change to them changes images, so <see cref="Version"/> must be increased as well;
/// otherwise, old results would be reused.
/// </summary>
internal static class DrawnRecipes
{
    /// <summary>The version of the definitions, which is part of every fingerprint.</summary>
    public const int Version = 2;

    private const string Photo = "a photo of a {}.";
    private static readonly string[] Turnable = [.. Shapes.Known.Where(shape => shape is not ("circle" or "ring"))];
    private static readonly string[] NewShapes = [.. Shapes.Unseen, "moon", "arrow"];
    private static readonly string[] KindShapes = ["cross", "star", "heart", "ring"];
    private static readonly string[] KindNames =
        ["zorp cross", "blick cross", "quarn star", "mivo star", "tand heart", "yebb heart", "foss ring", "glim ring"];
    private static readonly string[] TintedColours = [.. Palette.Objects.Select(c => c.Name).Where(name => name != "white")];
    private static readonly (string Name, Fill Fill)[] Textures =
    [
        ("plain", Fill.Plain), ("striped", Fill.Striped), ("dotted", Fill.Dotted),
        ("checkered", Fill.Checkered), ("gridded", Fill.Gridded), ("wavy", Fill.Wavy),
    ];
    private static readonly string[] Numbers = ["one star", "two stars", "three stars", "four stars", "five stars", "six stars"];

    /// <summary>All drawn data sets.</summary>
    public static readonly DrawnRecipe[] All =
    [
        new("tiny-objects", "none: drawn like the pretraining images", Shapes.Known, Photo, Objects),
        new("tiny-sketches", "style: thin outlines", Shapes.Known, Photo, Sketches),
        new("tiny-turned", "viewpoint: strongly rotated and squeezed", Turnable, Photo, Turned),
        new("tiny-foggy", "noise: blur, bright fog and pixel noise", Shapes.Known, Photo, Foggy),
        new("tiny-tinted", "colour: 40 % of each channel comes from the next channel",
            TintedColours, "a photo of a {} circle.", Tinted),
        new("tiny-newshapes", "unseen classes: six of the eight shapes are not in the pretraining images", NewShapes, Photo, Unseen),
        new("tiny-kinds", "fine-grained: a plain and a striped kind of each shape, with invented names", KindNames, Photo, Kinds),
        new("tiny-textures", "texture: patterns that fill the image; two are not in the pretraining images",
            [.. Textures.Select(t => t.Name)], "a photo of a {} square.", Textured),
        new("tiny-counts", "counting: up to six objects; the pretraining images have at most four", Numbers, "a photo of {}.", Counts),
    ];

    private static Scene Objects(ref CounterRandom random, int label)
    {
        var (colour, fill) = (AnyColour(ref random), SceneSampler.SampleFill(ref random, plain: 0.5));
        return SceneSampler.OnGround(ref random, AnyGround(ref random), SceneSampler.Large(ref random, Shapes.Known[label], colour, fill));
    }

    private static Scene Sketches(ref CounterRandom random, int label)
    {
        var colour = Object(SceneSampler.Pick(ref random, ["white", "yellow", "cyan"]));
        var item = SceneSampler.Large(ref random, Shapes.Known[label], colour, Fill.Outlined);
        item = item with { LineWidth = random.NextUniform(0.5, 0.9) };
        return SceneSampler.OnGround(ref random, Ground(SceneSampler.Pick(ref random, ["black", "navy"])), item);
    }

    private static Scene Turned(ref CounterRandom random, int label)
    {
        var (colour, fill) = (AnyColour(ref random), SceneSampler.SampleFill(ref random, plain: 0.8));
        var item = SceneSampler.Large(ref random, Turnable[label], colour, fill);
        item = item with { Rotation = random.NextUniform(1.1, 1.5), Squeeze = random.NextUniform(1.2, 1.4) };
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item);
    }

    private static Scene Foggy(ref CounterRandom random, int label) =>
        Objects(ref random, label) with { Blur = 3, Contrast = random.NextUniform(0.3, 0.5), ContrastCentre = 0.75, Noise = 0.08 };

    private static Scene Tinted(ref CounterRandom random, int label)
    {
        var (shape, fill) = (SceneSampler.Pick(ref random, Shapes.Known), SceneSampler.SampleFill(ref random));
        var item = SceneSampler.Large(ref random, shape, Object(TintedColours[label]), fill);
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item) with { ChannelMix = 0.4 };
    }

    private static Scene Unseen(ref CounterRandom random, int label)
    {
        var item = SceneSampler.Large(ref random, NewShapes[label], AnyColour(ref random), SceneSampler.SampleFill(ref random));
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item);
    }

    private static Scene Kinds(ref CounterRandom random, int label)
    {
        var item = SceneSampler.Large(ref random, KindShapes[label / 2], AnyColour(ref random), label % 2 == 0 ? Fill.Plain : Fill.Striped);
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item with { SecondShade = random.NextUniform(0.45, 0.75) });
    }

    private static Scene Textured(ref CounterRandom random, int label)
    {
        // A square so large that its edges are outside the image.
        var item = SceneSampler.Large(ref random, "square", AnyColour(ref random), Textures[label].Fill);
        item = item with { Radius = SceneRenderer.Size, PatternPeriod = random.NextUniform(5, 9), SecondShade = 0.3 };
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item);
    }

    private static Scene Counts(ref CounterRandom random, int label)
    {
        var model = SceneSampler.Large(ref random, "star", AnyColour(ref random), Fill.Plain);
        var stars = SceneSampler.Several(ref random, model, label + 1, grid: 3, 3.5, 5);
        return SceneSampler.OnGround(ref random, AnyGround(ref random), stars);
    }

    private static Colour AnyColour(ref CounterRandom random) => SceneSampler.Pick(ref random, Palette.Objects).Colour;

    private static Colour AnyGround(ref CounterRandom random) => SceneSampler.Pick(ref random, Palette.Grounds).Colour;

    private static Colour Object(string name) => Palette.Objects.First(c => c.Name == name).Colour;

    private static Colour Ground(string name) => Palette.Grounds.First(g => g.Name == name).Colour;
}
