using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Drawing;

/// <summary>The random choices that the pretraining images and the drawn data sets have in common.</summary>
internal static class SceneSampler
{
    public const double Middle = SceneRenderer.Size / 2.0;
    public static readonly Fill[] Patterns = [Fill.Striped, Fill.Dotted, Fill.Checkered];

    /// <summary>Picks one of the items with equal probability.</summary>
    public static T Pick<T>(ref CounterRandom random, IReadOnlyList<T> items) => items[random.NextInt(items.Count)];

    /// <summary>Returns the colour with each channel shifted by at most 0.06.</summary>
    public static Colour Jitter(ref CounterRandom random, Colour colour)
    {
        const double most = 0.06;
        var r = colour.R + random.NextUniform(-most, most);
        var g = colour.G + random.NextUniform(-most, most);
        return new(r, g, colour.B + random.NextUniform(-most, most));
    }

    /// <summary>Samples a fill: plain with the given probability, otherwise one of the patterns.</summary>
    public static Fill SampleFill(ref CounterRandom random, double plain = 0.6) =>
        random.NextDouble() < plain ? Fill.Plain : Pick(ref random, Patterns);

    /// <summary>Creates a large object near the middle, as in most pretraining images.</summary>
    public static DrawnObject Large(ref CounterRandom random, string shape, Colour colour, Fill fill) => new()
    {
        Shape = shape,
        X = Middle + random.NextUniform(-2.5, 2.5),
        Y = Middle + random.NextUniform(-2.5, 2.5),
        Radius = random.NextUniform(9, 13),
        Rotation = random.NextUniform(-0.2, 0.2),
        Colour = Jitter(ref random, colour),
        Fill = fill,
        PatternPeriod = random.NextUniform(4.5, 7.5),
        PatternAngle = random.NextUniform(0, Math.PI),
        PatternPhase = random.NextDouble(),
    };

    /// <summary>Creates identical small objects in different cells of a square grid.</summary>
    public static DrawnObject[] Several(ref CounterRandom random, DrawnObject model, int count, int grid, double smallest, double largest)
    {
        var cells = Enumerable.Range(0, grid * grid).ToArray();
        random.Shuffle(cells.AsSpan());
        var radius = random.NextUniform(smallest, largest);
        var width = (double)SceneRenderer.Size / grid;
        var objects = new DrawnObject[count];
        for (var i = 0; i < count; i++)
        {
            objects[i] = model with
            {
                X = (cells[i] % grid + 0.5) * width + random.NextUniform(-1.2, 1.2),
                Y = (cells[i] / grid + 0.5) * width + random.NextUniform(-1.2, 1.2),
                Radius = radius,
            };
        }
        return objects;
    }

    /// <summary>Creates a scene with the given background colour and random shading.</summary>
    public static Scene OnGround(ref CounterRandom random, Colour ground, params DrawnObject[] objects) => new()
    {
        Ground = Jitter(ref random, ground),
        Shading = (random.NextUniform(-0.08, 0.08), random.NextUniform(-0.08, 0.08)),
        Objects = objects,
    };
}
