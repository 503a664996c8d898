namespace AdaptCluster.Bench;

/// <summary>What stands for several measurements of the same.</summary>
internal static class Times
{
    /// <summary>The middle one; of an even number the slower of the two.</summary>
    internal static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
