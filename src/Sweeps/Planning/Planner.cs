using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Turns a spec into jobs, packs and the table's layout.</summary>
/// <param name="catalog">The backbones and data sets that the spec may name.</param>
/// <param name="methods">The methods that the spec may name.</param>
public sealed class Planner(ICatalog catalog, MethodCatalog methods)
{
    /// <summary>Most jobs that one sweep may have.</summary>
    public const int MaxJobs = 1_000_000;

    /// <summary>Most combinations of arm, T_target and data set that one sweep may have; each is trained with every seed.</summary>
    public const int MaxGroups = 50_000;

    /// <summary>The code of the warning for something that one should know of a data set before comparing its numbers.</summary>
    public const string DatasetNote = "dataset-note";

    /// <summary>Plans a spec.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="trainer">The trainer version of the workers that will run it.</param>
    /// <exception cref="InvalidInputException">A backbone or data set is not there, a class's text is too long for the backbone, or a
    /// T_target cannot be reached; the message names the spec and the JSON path.</exception>
    public SweepPlan Plan(SweepSpec spec, int trainer = TrainerVersion.Current)
    {
        var backbone = At(spec, "$.backbone", () => catalog.DescribeBackbone(spec.Backbone));
        var warnings = new List<PlanWarning>();
        var datasets = spec.Datasets.Select((source, index) => Dataset(spec, source, $"$.datasets[{index}]", warnings)).ToArray();
        var groups = new GroupBook(spec, backbone, methods);
        var rows = new List<PlannedRow>();
        foreach (var arm in spec.Arms)
        {
            var cells = datasets.Select((dataset, index) => Cell(spec, arm, backbone, index, dataset, groups, warnings)).ToArray();
            rows.Add(new PlannedRow
            {
                Label = arm.Label,
                Name = arm.Name,
                Method = arm.Method,
                Scorer = arm.Adaptive.Contains(AxisValues.Scorer) ? null : arm.Choices[0].Scorer,
                TTarget = arm.Adaptive.Contains(AxisValues.TTarget) ? null : arm.Choices[0].TTarget,
                Adaptive = arm.Adaptive.Count > 0,
                Axes = Beyond(arm.Axes, AxisValues.Scorer, AxisValues.TTarget),
                Family = arm.Family,
                Cells = cells,
            });
        }
        return new SweepPlan
        {
            Name = spec.Name,
            SpecJson = spec.Json,
            Seeds = [.. spec.Seeds],
            Groups = groups.ToArray(),
            SeedsPerPack = groups.SeedsPerPack(),
            Trainer = trainer,
            Rows = [.. rows],
            Datasets = [.. datasets.Select(dataset => dataset.Source.Name)],
            Warnings = [.. warnings.Distinct()],
            BackboneFingerprint = backbone.Fingerprint,
            BackboneParameters = backbone.Parameters,
            DatasetFingerprints = [.. datasets.Select(dataset => dataset.Facts.Fingerprint)],
        };
    }

    /// <summary>Asks the catalog; its refusals know neither the spec nor the place in it.</summary>
    private static T At<T>(SweepSpec spec, string path, Func<T> ask)
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

    private DescribedDataset Dataset(SweepSpec spec, DatasetSource source, string path, List<PlanWarning> warnings)
    {
        var facts = At(spec, path, () => catalog.DescribeDataset(source, spec.Shots));
        var longest = At(spec, path, () => catalog.DescribeLongestText(spec.Backbone, source));
        var plain = At(spec, path, () => catalog.DescribeLongestText(spec.Backbone, ForTraining(source)));
        if (plain.Tokens > longest.Tokens) longest = plain;
        if (longest.Tokens > longest.Limit)
        {
            throw spec.Source.Refused(path,
                $"the text of class '{longest.ClassName}' takes {longest.Tokens} tokens with start and end, and backbone "
                + $"'{spec.Backbone}' reads {longest.Limit}; shorten the template or the class's name");
        }
        At(spec, path, () =>
        {
            catalog.CheckImages(source, spec.Shots, spec.Seeds);
            return true;
        });
        warnings.AddRange(facts.Notes.Select(note => new PlanWarning(DatasetNote, path, $"data set '{source.Name}': {note}")));
        return new DescribedDataset(source, facts, longest);
    }

    private PlannedCell Cell(
        SweepSpec spec, ArmSpec arm, BackboneFacts backbone, int column, DescribedDataset dataset, GroupBook groups,
        List<PlanWarning> warnings)
    {
        var (source, facts, longest) = dataset;
        var method = methods.Find(arm.Method);
        var candidates = arm.Choices.Select(choice =>
        {
            var cell = new CellPlan(spec.Source, arm.Path, choice, backbone, facts,
                (code, message) => warnings.Add(new(code, arm.Path, message)));
            var train = ForShots(spec, arm, method, choice.Train, source) is { } settings ? method.Fit(settings, cell) : null;
            var definition = new JobDefinition
            {
                Method = arm.Method,
                Backbone = spec.Backbone,
                Dataset = train is null ? source : ForTraining(source),
                Shots = spec.Shots,
                Seed = spec.Seeds[0],
                Scorer = choice.Scorer,
                TTarget = choice.TTarget,
                Train = train,
            };
            if (train is not null) CheckContext(spec, arm, method.ContextLength(train), definition.Dataset);
            var iterations = train is null ? 0 : Iterations(method, train, cell);
            return new PlannedCandidate(choice.TTarget, groups.Add(
                definition, column, iterations, JobCost.Of(method, new(backbone, facts, longest, train), iterations)),
                Beyond(choice.Values, AxisValues.TTarget));
        });
        return new PlannedCell { Dataset = source.Name, Candidates = [.. candidates] };
    }

    /// <summary>A format may have trained methods begin with another text than its own, unless the spec says which.</summary>
    private DatasetSource ForTraining(DatasetSource source) =>
        source with { Template = source.Template ?? methods.Formats.Find(source.Format).TrainingTemplate };

    /// <summary>The settings, with as many epochs as the method's public code takes for the shots, unless the spec says how many.</summary>
    private static TrainSettings? ForShots(
        SweepSpec spec, ArmSpec arm, MethodDescriptor method, TrainSettings? train, DatasetSource source) =>
        train is not null && !arm.EpochsAreGiven && method.EpochsByShots(spec.Shots, source) is { } epochs
            ? train with { Epochs = epochs }
            : train;

    /// <summary>Values without some names; null where none is left.</summary>
    private static AxisValues? Beyond(AxisValues values, params string[] names) =>
        values.Without(names) is { Count: > 0 } rest ? rest : null;

    private static int Iterations(MethodDescriptor method, TrainSettings train, CellPlan cell)
    {
        // The trainer counts as far as the longest setting says, whether or not training ends before.
        var (setting, epochs) = method.Longest(train);
        var perEpoch = cell.EpochIterations(train);
        var iterations = (long)train.Rounds * epochs * perEpoch;
        if (iterations <= int.MaxValue) return train.Rounds * train.Epochs * perEpoch;
        throw cell.Source.Refused(cell.Path,
            $"{epochs} {setting} of {perEpoch} iterations on "
            + $"'{cell.Dataset.Name}'{(train.Rounds == 2 ? ", trained twice," : "")} are {iterations} iterations, "
            + $"more than {int.MaxValue}; write fewer epochs, fewer shots or a larger batchSize");
    }

    /// <summary>
    /// Refuses a context that leaves a class's name no place in the text. Behind the name stands what the template has there, a full stop
    /// in those of the data sets' own.
    /// </summary>
    private void CheckContext(SweepSpec spec, ArmSpec arm, int context, DatasetSource source)
    {
        if (context == 0) return;
        var behind = source.Template?.Split("{}", 2) is [_, var rest] ? rest : ".";
        var longest = At(spec, arm.Path, () => catalog.DescribeLongestText(spec.Backbone, source with { Template = "{}" + behind }));
        if (context + longest.Tokens <= longest.Limit) return;
        throw spec.Source.Refused($"{arm.Path}.{arm.Method}",
            $"the text of class '{longest.ClassName}' on '{source.Name}' takes {longest.Tokens} tokens with start and end "
            + $"beside the context's {context}, and backbone '{spec.Backbone}' reads {longest.Limit}; write a contextLength of at most "
                + $"{longest.Limit - longest.Tokens}");
    }

    /// <summary>A data set of the spec with what the catalog says of it.</summary>
    private sealed record DescribedDataset(DatasetSource Source, DatasetFacts Facts, TextFacts Longest);
}
