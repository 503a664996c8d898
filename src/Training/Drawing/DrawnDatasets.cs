using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Drawing;

/// <summary>The built-in data sets of drawn images.</summary>
public static class DrawnDatasets
{
    /// <summary>The names of the data sets.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. DrawnRecipes.All.Select(recipe => recipe.Name)];

    /// <summary>Returns the data set with the given name; null if no data set has this name.</summary>
    public static IDataset? Find(string name)
    {
        var number = Array.FindIndex(DrawnRecipes.All, recipe => recipe.Name == name);
        return number < 0 ? null : new DrawnDataset(DrawnRecipes.All[number], number);
    }

    /// <summary>Describes how a data set differs from the pretraining images.</summary>
    public static string Shift(string name) => DrawnRecipes.All.First(recipe => recipe.Name == name).Shift;
}
