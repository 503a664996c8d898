namespace AdaptCluster.Contracts.Jobs;

/// <summary>Says in words what a setting is when a spec leaves it out, where its default is no single value.</summary>
/// <param name="words">Such as "1 / shots".</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultMeansAttribute(string words) : Attribute
{
    /// <summary>The words.</summary>
    public string Words => words;
}

/// <summary>Marks a setting that is the text of a class, with "{}" for the class's name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClassTextAttribute : Attribute;
