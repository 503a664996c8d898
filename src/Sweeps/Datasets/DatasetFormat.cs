namespace AdaptCluster.Sweeps.Datasets;

/// <summary>
/// What everything but the trainer must know of a format of data sets: how specs write one, and which data sets are known by name. A
/// format is a class that derives from this one; nothing else names it.
/// </summary>
public abstract class DatasetFormat
{
    /// <summary>The name in specs and job ids: lower-case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// What <c>format</c> in the schema says of it: what its files are. Null for a format whose data sets are all known by name.
    /// </summary>
    public abstract string? Description { get; }

    /// <summary>Its place in lists, small numbers first. Default: after the formats that come with AdaptCluster, by name.</summary>
    public virtual int Order => int.MaxValue;

    /// <summary>The data sets that specs name without a format; empty where a spec says where each one lies. Default: none.</summary>
    public virtual IReadOnlyList<string> KnownNames => [];

    /// <summary>
    /// Other names that people have for some of <see cref="KnownNames"/>. What differs in case, hyphens and underscores alone needs none.
    /// Default: none.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Aliases => new Dictionary<string, string>();

    /// <summary>Whether its data sets are known by name, so that a spec gives no path.</summary>
    public bool IsKnownByName => KnownNames.Count > 0;

    /// <summary>Whether specs may write its name as <c>format</c>. Default: true.</summary>
    public virtual bool IsWritten => true;

    /// <summary>
    /// Whether a data set whose name no format knows is taken for one of its, so that its error says what is known. One format does.
    /// Default: false.
    /// </summary>
    public virtual bool TakesUnknownNames => false;

    /// <summary>Whether its data sets lie in files, which may be missing or damaged. Default: true.</summary>
    public virtual bool HasFiles => true;

    /// <summary>Whether its data sets have test images alone, so that specs name them in "evaluate". Default: false.</summary>
    public virtual bool IsTestOnly => false;

    /// <summary>
    /// Which of <see cref="DatasetKeys"/> a spec may write of it. Default: the path; nothing where data sets are known by name.
    /// </summary>
    public virtual IReadOnlyList<string> Keys => IsKnownByName ? [] : [DatasetKeys.Path];

    /// <summary>Whether a spec must write the path. Default: false; a data set without one lies in a folder of its name.</summary>
    public virtual bool NeedsPath => false;

    /// <summary>
    /// The text that trained methods begin with where a spec gives none. Default: null, the same text as for methods without training.
    /// </summary>
    public virtual string? TrainingTemplate => null;

    /// <summary>What is wrong with a key that is not among <see cref="Keys"/>, and what to do.</summary>
    /// <param name="key">One of <see cref="DatasetKeys"/>.</param>
    /// <param name="dataset">The data set's name.</param>
    public virtual string Refusal(string key, string dataset) => $"a data set of the format {Name} has no {key}; remove it";
}
