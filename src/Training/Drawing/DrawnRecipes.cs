using AdaptCluster.Training.Random;

namespace AdaptCluster.Training.Drawing;

/// <summary>The drawn data sets. Any change here changes images: raise <see cref="Version"/> with it, so that no old result is taken for a new one.</summary>
internal static class DrawnRecipes
{
    /// <summary>Part of every fingerprint.</summary>
    public const int Version = 1;

    private const string Photo = "a photo of a {}.";
    private static readonly string[] Turnable = [.. Shapes.Known.Where(shape => shape is not ("circle" or "ring"))];
    private static readonly string[] NewShapes = [.. Shapes.Unseen, "moon", "arrow"];
    private static readonly string[] KindShapes = ["cross", "star", "heart", "ring"];
    private static readonly string[] TintedColours = [.. Palette.Objects.Select(c => c.Name).Where(name => name != "white")];
    private static readonly (string Name, Fill Fill)[] Textures =
        [("plain", Fill.Plain), ("striped", Fill.Striped), ("dotted", Fill.Dotted), ("checkered", Fill.Checkered), ("gridded", Fill.Gridded), ("wavy", Fill.Wavy)];
    private static readonly string[] Numbers = ["one object", "two objects", "three objects", "four objects", "five objects", "six objects"];

    /// <summary>All of them.</summary>
    public static readonly DrawnRecipe[] All =
    [
        new("tiny-objects", "none: drawn as the pretraining pictures", Shapes.Known, Photo, Objects),
        new("tiny-sketches", "style: thin outlines", Shapes.Known, Photo, Sketches),
        new("tiny-turned", "viewpoint: turned far and squeezed", Turnable, Photo, Turned),
        new("tiny-foggy", "noise: blurred, of low contrast, noisy", Shapes.Known, Photo, Foggy),
        new("tiny-tinted", "colour: every channel takes two fifths of the next one's light", TintedColours, "a photo of a {} circle.", Tinted),
        new("tiny-newshapes", "unseen classes: six of eight shapes were never shown", NewShapes, Photo, Unseen),
        new("tiny-kinds", "fine-grained: classes differ in shape and fill", [.. KindShapes.SelectMany(shape => new[] { $"plain {shape}", $"striped {shape}" })], Photo, Kinds),
        new("tiny-textures", "texture: other periods and shades, two fills never shown", [.. Textures.Select(t => t.Name)], "a photo of a {} square.", Textured),
        new("tiny-counts", "counting: up to six, where pretraining stops at four", Numbers, "a photo of {}.", Counts),
    ];

    private static Scene Objects(ref CounterRandom random, int label)
    {
        var item = SceneSampler.Large(ref random, Shapes.Known[label], AnyColour(ref random), SceneSampler.SampleFill(ref random, plain: 0.5));
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item);
    }

    private static Scene Sketches(ref CounterRandom random, int label)
    {
        var colour = Object(SceneSampler.Pick(ref random, ["white", "yellow", "cyan"]));
        var item = SceneSampler.Large(ref random, Shapes.Known[label], colour, Fill.Outlined) with { LineWidth = random.NextUniform(1.2, 2.2) };
        return SceneSampler.OnGround(ref random, Ground(SceneSampler.Pick(ref random, ["black", "navy"])), item);
    }

    private static Scene Turned(ref CounterRandom random, int label)
    {
        var item = SceneSampler.Large(ref random, Turnable[label], AnyColour(ref random), SceneSampler.SampleFill(ref random, plain: 0.8));
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item with { Rotation = random.NextUniform(0.9, 1.6), Squeeze = random.NextUniform(1.15, 1.4) });
    }

    private static Scene Foggy(ref CounterRandom random, int label) =>
        Objects(ref random, label) with { Blur = 2, Contrast = random.NextUniform(0.25, 0.45), Noise = 0.13 };

    private static Scene Tinted(ref CounterRandom random, int label)
    {
        var item = SceneSampler.Large(ref random, SceneSampler.Pick(ref random, Shapes.Known), Object(TintedColours[label]), SceneSampler.SampleFill(ref random));
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
        var shape = SceneSampler.Pick(ref random, ["square", "circle", "hexagon", "heart", "pentagon"]);
        var item = SceneSampler.Large(ref random, shape, AnyColour(ref random), Textures[label].Fill);
        return SceneSampler.OnGround(ref random, AnyGround(ref random), item with { PatternPeriod = random.NextUniform(6, 10), SecondShade = random.NextUniform(0.3, 0.7) });
    }

    private static Scene Counts(ref CounterRandom random, int label)
    {
        var model = SceneSampler.Large(ref random, SceneSampler.Pick(ref random, Shapes.Known), AnyColour(ref random), Fill.Plain);
        return SceneSampler.OnGround(ref random, AnyGround(ref random), SceneSampler.Several(ref random, model, label + 1, grid: 3, 2.8, 4.2));
    }

    private static Colour AnyColour(ref CounterRandom random) => SceneSampler.Pick(ref random, Palette.Objects).Colour;

    private static Colour AnyGround(ref CounterRandom random) => SceneSampler.Pick(ref random, Palette.Grounds).Colour;

    private static Colour Object(string name) => Palette.Objects.First(c => c.Name == name).Colour;

    private static Colour Ground(string name) => Palette.Grounds.First(g => g.Name == name).Colour;
}
