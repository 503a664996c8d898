using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Training.Data;

/// <summary>The formats whose data sets can be opened: those of an assembly are found by reflection, so nothing lists them.</summary>
public static class DatasetFormats
{
    private static readonly Lazy<FormatCatalog> Own = new(() => new FormatCatalog(In(typeof(DatasetFormats).Assembly)));

    /// <summary>The formats that come with AdaptCluster.</summary>
    public static FormatCatalog BuiltIn => Own.Value;

    /// <summary>The formats of an assembly.</summary>
    /// <exception cref="InvalidInputException">One opens nothing, or cannot be made.</exception>
    public static IReadOnlyList<DatasetFormat> In(Assembly assembly) =>
        [.. assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(DatasetFormat)) && !type.IsAbstract).Select(Make)];

    /// <summary>What opens a format's data sets.</summary>
    /// <param name="format">A format of a catalog of this class's formats.</param>
    public static IDatasetOpener Opener(DatasetFormat format) => (IDatasetOpener)format;

    private static DatasetFormat Make(Type type)
    {
        if (!type.IsAssignableTo(typeof(IDatasetOpener)))
            throw new InvalidInputException(
                $"{type.FullName} in {type.Assembly.GetName().Name} opens no data set; implement {nameof(IDatasetOpener)}.");
        if (type.GetConstructor([]) is null)
            throw new InvalidInputException(
                $"{type.FullName} in {type.Assembly.GetName().Name} has no public constructor without parameters.");
        return (DatasetFormat)Activator.CreateInstance(type)!;
    }
}
