using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Drawing;

/// <summary>The data sets that the project draws itself.</summary>
public static class DrawnDatasets
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. DrawnRecipes.All.Select(recipe => recipe.Name)];

    /// <summary>Finds one; null when there is none of that name.</summary>
    public static IDataset? Find(string name)
    {
        var number = Array.FindIndex(DrawnRecipes.All, recipe => recipe.Name == name);
        return number < 0 ? null : new DrawnDataset(DrawnRecipes.All[number], number);
    }

    /// <summary>How a data set differs from the pretraining pictures, in words.</summary>
    public static string Shift(string name) => DrawnRecipes.All.First(recipe => recipe.Name == name).Shift;
}
