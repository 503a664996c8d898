namespace AdaptCluster.Sweeps.Datasets;

/// <summary>
/// Describes a data set format to all code outside the trainer: how it is written in specs, and which of its data sets are known by name. A
/// new format is a class derived from this one; no other code refers to a format by name.
/// </summary>
public abstract class DatasetFormat
{
    /// <summary>The format's name in specs and job ids: lower-case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The description of the format's files, shown under <c>format</c> in the JSON Schema. Null for a format whose data sets are all known
    /// by name.
    /// </summary>
    public abstract string? Description { get; }

    /// <summary>
    /// The sort key of the format in lists; ties are ordered by name. By default, the format comes after all built-in formats.
    /// </summary>
    public virtual int Order => int.MaxValue;

    /// <summary>
    /// The names of the data sets that specs refer to by name, without a format. Empty if a spec describes each data set of the format.
    /// Default: empty.
    /// </summary>
    public virtual IReadOnlyList<string> KnownNames => [];

    /// <summary>
    /// Maps alternative names to <see cref="KnownNames"/>. Spellings that differ only in case, hyphens or underscores need not be listed.
    /// Default: empty.
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Aliases => new Dictionary<string, string>();

    /// <summary>Whether the format's data sets are known by name, so specs do not give a path.</summary>
    public bool IsKnownByName => KnownNames.Count > 0;

    /// <summary>Whether specs can name this format under <c>format</c>. Default: true.</summary>
    public virtual bool IsWritten => true;

    /// <summary>
    /// Whether a data set with an unknown name is assigned to this format, whose error message then lists the known names. True for exactly
    /// one format. Default: false.
    /// </summary>
    public virtual bool TakesUnknownNames => false;

    /// <summary>Whether the format's data sets are stored in files, which can be missing or damaged. Default: true.</summary>
    public virtual bool HasFiles => true;

    /// <summary>
    /// Whether the format's data sets have only test images, so specs can use them only under "evaluate". Default: false.
    /// </summary>
    public virtual bool IsTestOnly => false;

    /// <summary>
    /// The <see cref="DatasetKeys"/> that specs can use for the format's data sets. By default, only the path, or none if the data sets are
    /// known by name.
    /// </summary>
    public virtual IReadOnlyList<string> Keys => IsKnownByName ? [] : [DatasetKeys.Path];

    /// <summary>Whether a spec must give the path. Default: false; a data set without a path is in the folder of the same name.</summary>
    public virtual bool NeedsPath => false;

    /// <summary>
    /// The template that trained methods use if the spec does not give one. Default: null, which means the same template as for methods
    /// without training.
    /// </summary>
    public virtual string? TrainingTemplate => null;

    /// <summary>Returns the error message for a key that is not in <see cref="Keys"/>, including what to do about it.</summary>
    /// <param name="key">One of <see cref="DatasetKeys"/>.</param>
    /// <param name="dataset">The data set's name.</param>
    public virtual string Refusal(string key, string dataset) => $"data sets in the {Name} format cannot have '{key}'; remove it";
}
