namespace AdaptCluster.Contracts.Jobs;

/// <summary>Describes the default of a setting in words, if it is not a single value.</summary>
/// <param name="words">The description, such as "1 / shots".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultMeansAttribute(string words) : Attribute
{
    /// <summary>The description.</summary>
    public string Words => words;
}

/// <summary>Marks a setting that is the text of a class, where "{}" is replaced by the class name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClassTextAttribute : Attribute;
