using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Drawing;

/// <summary>The definition of a drawn data set.</summary>
/// <param name="Name">The data set's name in specs.</param>
/// <param name="Shift">A description of how the data set differs from the pretraining images.</param>
/// <param name="Classes">The class names in label order.</param>
/// <param name="Template">The prompt template.</param>
/// <param name="Compose">Composes the scene for an image of a class.</param>
internal sealed record DrawnRecipe(string Name, string Shift, string[] Classes, string Template, DrawnRecipe.Composition Compose)
{
    /// <summary>Composes a random scene for a class.</summary>
    internal delegate Scene Composition(ref CounterRandom random, int label);
}
