namespace AdaptCluster.Contracts.Jobs;

/// <summary>Describes the default of a setting in words, if the default is not a single value.</summary>
/// <param name="words">The description, such as "1 / shots".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultMeansAttribute(string words) : Attribute
{
    /// <summary>The description.</summary>
    public string Words => words;
}

/// <summary>Marks a setting that contains the text for a class, in which "{}" is replaced by the class name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClassTextAttribute : Attribute;
