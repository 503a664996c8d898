namespace AdaptCluster.Sweeps.Datasets;

/// <summary>
/// What everything except the trainer needs to know about a data set format: how specs write it, and which of its data sets are known by
/// name. A format is a class derived from this one; no other code refers to a format by name.
/// </summary>
public abstract class DatasetFormat
{
    /// <summary>The name in specs and job ids: lower-case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The description of the format's files under <c>format</c> in the JSON Schema. Null for a format whose data sets are all known by
    /// name.
    /// </summary>
    public abstract string? Description { get; }

    /// <summary>
    /// The format's place in lists, in ascending order. By default after the formats that come with AdaptCluster, ordered by name.
    /// </summary>
    public virtual int Order => int.MaxValue;

    /// <summary>
    /// The data sets that specs give by name, without a format. Empty if a spec states where each data set is. Default: none.
    /// </summary>
    public virtual IReadOnlyList<string> KnownNames => [];

    /// <summary>
    /// Other common names of some of <see cref="KnownNames"/>. Names that differ only in case, hyphens and underscores need not be listed.
    /// Default: none.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Aliases => new Dictionary<string, string>();

    /// <summary>Whether its data sets are known by name, so that a spec gives no path.</summary>
    public bool IsKnownByName => KnownNames.Count > 0;

    /// <summary>Whether specs may write its name under <c>format</c>. Default: true.</summary>
    public virtual bool IsWritten => true;

    /// <summary>
    /// Whether a data set whose name no format knows is treated as one of this format, whose error then lists the known names. Exactly one
    /// format does this. Default: false.
    /// </summary>
    public virtual bool TakesUnknownNames => false;

    /// <summary>Whether its data sets are stored in files, which can be missing or damaged. Default: true.</summary>
    public virtual bool HasFiles => true;

    /// <summary>Whether its data sets have only test images, so that specs can use them only under "evaluate". Default: false.</summary>
    public virtual bool IsTestOnly => false;

    /// <summary>
    /// Those of <see cref="DatasetKeys"/> that a spec may write for its data sets. By default the path, and none if data sets are known by
    /// name.
    /// </summary>
    public virtual IReadOnlyList<string> Keys => IsKnownByName ? [] : [DatasetKeys.Path];

    /// <summary>Whether a spec must give the path. Default: false; a data set without a path is in the folder of its name.</summary>
    public virtual bool NeedsPath => false;

    /// <summary>
    /// The template that trained methods use if a spec gives none. Default: null, the same template as for methods without training.
    /// </summary>
    public virtual string? TrainingTemplate => null;

    /// <summary>Returns the error for a key that is not among <see cref="Keys"/>, and what to do about it.</summary>
    /// <param name="key">One of <see cref="DatasetKeys"/>.</param>
    /// <param name="dataset">The data set's name.</param>
    public virtual string Refusal(string key, string dataset) => $"a data set of the format {Name} has no {key}; remove it";
}
