namespace AdaptCluster.Contracts.Queue;

/// <summary>The name of a pool: the silos that one queue serves, such as those with one kind of GPU.</summary>
public static class PoolName
{
    /// <summary>The form of a name, for messages.</summary>
    public const string Rule = "1 to 64 lower-case letters, digits and hyphens";

    /// <summary>Whether a text is a pool's name.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
