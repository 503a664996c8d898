using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Drawing;

/// <summary>How one drawn data set looks.</summary>
/// <param name="Name">As specs name it.</param>
/// <param name="Shift">How it differs from the pretraining pictures.</param>
/// <param name="Classes">Class names in label order.</param>
/// <param name="Template">The text of a class.</param>
/// <param name="Compose">The scene of one image of a class.</param>
internal sealed record DrawnRecipe(string Name, string Shift, string[] Classes, string Template, DrawnRecipe.Composition Compose)
{
    /// <summary>Composes a scene of a class.</summary>
    internal delegate Scene Composition(ref CounterRandom random, int label);
}
