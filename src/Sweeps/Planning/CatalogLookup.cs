using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Looks up a spec's backbones and data sets in the catalog, each only once. Errors include the JSON path in the spec.</summary>
/// <param name="catalog">The backbones and data sets that the spec can use.</param>
/// <param name="methods">The methods and data set formats that the spec can use.</param>
/// <param name="spec">The spec.</param>
/// <param name="warnings">The list to which notes on data sets are added.</param>
internal sealed class CatalogLookup(ICatalog catalog, MethodCatalog methods, SweepSpec spec, List<PlanWarning> warnings)
{
    private readonly Dictionary<string, BackboneInfo> _backbones = [];
    private readonly Dictionary<(int Dataset, int Shots, string Backbone), DescribedDataset> _datasets = [];
    private readonly Dictionary<(DatasetSource Dataset, string Backbone), DatasetInfo> _targets = [];
    private readonly Dictionary<(DatasetSource Dataset, string Backbone), LongestTextInfo> _texts = [];

    /// <summary>Returns an arm's backbone.</summary>
    public BackboneInfo Backbone(ArmSpec arm)
    {
        var name = arm.Backbone ?? spec.Backbone;
        if (_backbones.TryGetValue(name, out var known)) return known;
        return _backbones[name] = At(arm.Backbone is null ? "$.backbone" : $"{arm.Path}.{AxisValues.Backbone}",
            () => catalog.DescribeBackbone(name));
    }

    /// <summary>Returns the description of a data set for an arm's shots and backbone.</summary>
    public DescribedDataset Dataset(ArmSpec arm, int index)
    {
        var (shots, backbone) = (arm.Shots ?? spec.Shots, Backbone(arm).Name);
        if (_datasets.TryGetValue((index, shots, backbone), out var known)) return known;
        return _datasets[(index, shots, backbone)] = Describe(spec.Datasets[index], $"$.datasets[{index}]", shots, backbone);
    }

    /// <summary>Returns the evaluation targets for an arm's jobs on a data set, and the targets' total number of test images.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="method">The arm's method.</param>
    /// <param name="train">The training settings for the jobs; null for methods without training.</param>
    /// <param name="source">The data set that the jobs train on.</param>
    /// <param name="info">The catalog's description of that data set.</param>
    /// <returns>The targets; null if there are none. A target that the method cannot classify is omitted, with a warning.</returns>
    public (EvaluationTargets? Evaluate, int Images) Targets(
        ArmSpec arm, MethodDescriptor method, TrainSettings? train, DatasetSource source, DatasetInfo info)
    {
        var targets = new List<EvaluationTarget>();
        var images = 0;
        foreach (var target in spec.Evaluate)
        {
            var dataset = target.Dataset ?? source with { Classes = target.Name, FewShots = null };
            // Jobs are always evaluated on the data set that they train on, so it is not also a target.
            if (target.Dataset is null ? source.Classes == target.Name : target.Name == source.Name && source.Classes is null) continue;
            var found = Target(target, dataset, Backbone(arm).Name);
            if (train is not null && !method.ClassifiesNewClasses && (found.ClassNames.Length == 0 || found.ClassNames != info.ClassNames))
            {
                warnings.Add(new(Planner.UnseenClasses, arm.Path, $"{method.Title} trains parameters for each class, so it cannot classify "
                    + $"classes unseen in training; jobs on '{source.Name}' are not evaluated on '{target.Name}'"));
                continue;
            }
            if (train is not null)
            {
                // A trained method keeps the template that it was trained with.
                var text = dataset with { Template = ForTraining(source).Template };
                if (text.Template is not null) Longest(text, target.Path, Backbone(arm).Name);
                CheckContext(arm, method.ContextLength(train), text);
            }
            images += found.TestImages;
            targets.Add(new EvaluationTarget { Name = target.Name, Dataset = dataset, Fingerprint = found.Fingerprint });
        }
        return (targets.Count > 0 ? new EvaluationTargets { Targets = [.. targets] } : null, images);
    }

    /// <summary>
    /// Returns the data set with the template that trained methods use: the spec's template if there is one, otherwise the format's
    /// training template.
    /// </summary>
    public DatasetSource ForTraining(DatasetSource source) =>
        source with { Template = source.Template ?? methods.Formats.Find(source.Format).TrainingTemplate };

    /// <summary>
    /// Refuses a context that leaves no room for a class name. The text after the name comes from the template; without a template, it is a
    /// full stop, as in the data sets' own templates.
    /// </summary>
    public void CheckContext(ArmSpec arm, int context, DatasetSource source)
    {
        if (context == 0) return;
        var (backbone, behind) = (Backbone(arm).Name, source.Template?.Split("{}", 2) is [_, var rest] ? rest : ".");
        var longest = Text(source with { Template = "{}" + behind }, arm.Path, backbone);
        if (context + longest.Tokens <= longest.Limit) return;
        throw spec.Source.Refused($"{arm.Path}.{arm.Method}",
            $"the text of class '{longest.ClassName}' on '{source.Name}' takes {longest.Tokens} tokens, including start and end, "
            + $"in addition to the context's {context}, but backbone '{backbone}' accepts at most {longest.Limit}; write a contextLength "
                + $"of at most {longest.Limit - longest.Tokens}");
    }

    /// <summary>Calls the catalog, and adds the spec's name and the JSON path to its errors.</summary>
    private T At<T>(string path, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (InvalidInputException e)
        {
            throw spec.Source.Refused(path, e.Message, e);
        }
    }

    private DatasetInfo Target(SpecTarget target, DatasetSource dataset, string backbone)
    {
        if (_targets.TryGetValue((dataset, backbone), out var known)) return known;
        var info = At(target.Path, () => catalog.DescribeTarget(dataset));
        Longest(dataset, target.Path, backbone);
        At(target.Path, () =>
        {
            catalog.CheckTarget(dataset);
            return true;
        });
        warnings.AddRange(info.Notes.Select(note =>
            new PlanWarning(Planner.DatasetNote, target.Path, $"target '{target.Name}': {note}")));
        return _targets[(dataset, backbone)] = info;
    }

    private DescribedDataset Describe(DatasetSource source, string path, int shots, string backbone)
    {
        var info = At(path, () => catalog.DescribeDataset(source, shots));
        var longest = Longest(source, path, backbone);
        At(path, () =>
        {
            catalog.CheckImages(source, shots, spec.Seeds);
            return true;
        });
        warnings.AddRange(info.Notes.Select(note => new PlanWarning(Planner.DatasetNote, path, $"data set '{source.Name}': {note}")));
        return new DescribedDataset(source, info, longest);
    }

    /// <summary>
    /// Returns the longest class text of a data set. The result is cached, because finding it requires tokenizing all class texts, and
    /// different rows, targets and numbers of shots often need the same text.
    /// </summary>
    private LongestTextInfo Text(DatasetSource source, string path, string backbone) =>
        _texts.TryGetValue((source, backbone), out var known) ? known
            : _texts[(source, backbone)] = At(path, () => catalog.DescribeLongestText(backbone, source));

    /// <summary>Returns the longest class text of a data set, considering both its own template and the training template.</summary>
    private LongestTextInfo Longest(DatasetSource source, string path, string backbone)
    {
        var (longest, plain) = (Text(source, path, backbone), Text(ForTraining(source), path, backbone));
        if (plain.Tokens > longest.Tokens) longest = plain;
        return longest.Tokens <= longest.Limit ? longest : throw spec.Source.Refused(path,
            $"the text of class '{longest.ClassName}' takes {longest.Tokens} tokens, including start and end, but backbone "
            + $"'{backbone}' accepts at most {longest.Limit}; shorten the template or the class's name");
    }
}

/// <summary>A data set of the spec, with its description from the catalog.</summary>
/// <param name="Source">The data set as written in the spec.</param>
/// <param name="Info">The data set's classes and images.</param>
/// <param name="Longest">The data set's longest class text.</param>
internal sealed record DescribedDataset(DatasetSource Source, DatasetInfo Info, LongestTextInfo Longest);
