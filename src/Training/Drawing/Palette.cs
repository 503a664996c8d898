namespace AdaptCluster.Training.Drawing;

/// <summary>A linear RGB colour with channels from 0 to 1.</summary>
internal readonly record struct Colour(double R, double G, double B)
{
    public Colour Scale(double factor) => new(R * factor, G * factor, B * factor);
}

/// <summary>
/// The named colours. Objects are always brighter than the background. With darker objects, a model of this size did not learn shapes
/// within the pretraining time.
/// </summary>
internal static class Palette
{
    public static readonly (string Name, Colour Colour)[] Objects =
    [
        ("red", new(0.95, 0.25, 0.25)), ("green", new(0.3, 0.85, 0.35)), ("blue", new(0.35, 0.5, 1)),
        ("yellow", new(0.95, 0.9, 0.2)), ("purple", new(0.7, 0.35, 0.95)), ("orange", new(1, 0.6, 0.15)),
        ("cyan", new(0.2, 0.9, 0.95)), ("pink", new(1, 0.65, 0.8)), ("white", new(0.96, 0.96, 0.96)),
    ];

    public static readonly (string Name, Colour Colour)[] Grounds =
    [
        ("black", new(0.05, 0.05, 0.05)), ("gray", new(0.32, 0.32, 0.32)),
        ("brown", new(0.3, 0.18, 0.08)), ("navy", new(0.05, 0.08, 0.32)),
    ];
}
