namespace AdaptCluster.Contracts.Queue;

/// <summary>Validates pool names. A pool is a group of silos that share one queue, such as all silos with the same kind of GPU.</summary>
public static class PoolName
{
    /// <summary>A description of a valid name, for error messages.</summary>
    public const string Rule = "1 to 64 lower-case letters, digits and hyphens";

    /// <summary>Whether a string is a valid pool name.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
