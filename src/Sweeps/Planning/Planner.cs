using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Turns a spec into jobs, packs and the table's layout.</summary>
/// <param name="catalog">The backbones and data sets that the spec can use.</param>
/// <param name="methods">The methods that the spec can use.</param>
public sealed class Planner(ICatalog catalog, MethodCatalog methods)
{
    /// <summary>The maximum number of jobs in a sweep.</summary>
    public const int MaxJobs = 1_000_000;

    /// <summary>The maximum number of combinations of arm, T_target and data set in a sweep; each is trained with every seed.</summary>
    public const int MaxGroups = 50_000;

    /// <summary>The code of the warning about a property of a data set that matters when its results are compared.</summary>
    public const string DatasetNote = "dataset-note";

    /// <summary>The code of the warning that the number of epochs depends on the number of shots.</summary>
    public const string EpochsByShots = "epochs-by-shots";

    /// <summary>The code of the warning that a method cannot classify classes it was not trained on.</summary>
    public const string UnseenClasses = "unseen-classes";

    /// <summary>The code of the note that no setting is chosen by validation accuracy.</summary>
    public const string SelectionFixed = "selection-fixed";

    private const string SelectionFixedNote =
        "selection is fixed: no setting is chosen by validation accuracy, and the last iterate is used";

    /// <summary>Plans a spec.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="trainer">The trainer version of the workers that will run the plan.</param>
    /// <param name="lanes">The number of lanes of these workers, which decides how many seeds a pack has.</param>
    /// <exception cref="InvalidInputException">A backbone or data set does not exist, a class text is too long for the backbone, or a
    /// T_target cannot be reached. The message contains the spec's name and the JSON path.</exception>
    public SweepPlan Plan(SweepSpec spec, int trainer = TrainerVersion.Current, int lanes = PackWidth.FewestLanes)
    {
        var warnings = new List<PlanWarning>();
        var described = new CatalogLookup(catalog, methods, spec, warnings);
        var groups = new GroupBook(spec, methods);
        var rows = new List<PlannedRow>();
        var first = described.Backbone(spec.Arms[0]);
        // Describes all data sets before planning any arm, so that missing ones are reported first and notes are in the order of data
        // sets.
        foreach (var arm in spec.Arms)
            for (var index = 0; index < spec.Datasets.Count; index++) described.Dataset(arm, index);
        foreach (var arm in spec.Arms)
        {
            var backbone = described.Backbone(arm);
            var cells = spec.Datasets.Select((_, index) => Cell(spec, arm, index, described, groups, warnings)).ToArray();
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
                BackboneParameters = backbone.Parameters == first.Parameters ? null : backbone.Parameters,
            });
        }
        WarnAboutEpochs(spec, warnings);
        if (spec.SelectionIsFixed) warnings.Add(new(SelectionFixed, "$.selection", SelectionFixedNote));
        var planned = groups.ToArray();
        return new SweepPlan
        {
            Name = spec.Name,
            SpecJson = spec.Json,
            Seeds = [.. spec.Seeds],
            Groups = planned,
            SeedsPerPack = PackWidth.SeedsPerPack(planned, spec.Seeds.Count, lanes),
            Trainer = trainer,
            Rows = [.. rows],
            Datasets = [.. spec.Datasets.Select(dataset => dataset.Name)],
            Warnings = [.. warnings.Distinct()],
            BackboneFingerprint = first.Fingerprint,
            BackboneParameters = first.Parameters,
            Evaluate = spec.Evaluate.Count > 0 ? [.. spec.Evaluate.Select(target => target.Name)] : null,
            DatasetFingerprints = [.. spec.Datasets.Select((_, index) => described.Dataset(spec.Arms[0], index).Info.Fingerprint)],
        };
    }

    private PlannedCell Cell(
        SweepSpec spec, ArmSpec arm, int column, CatalogLookup described, GroupBook groups, List<PlanWarning> warnings)
    {
        var (backbone, (source, info, longest)) = (described.Backbone(arm), described.Dataset(arm, column));
        var method = methods.Find(arm.Method);
        var candidates = arm.Choices.Select(choice =>
        {
            var cell = new CellPlan(spec.Source, arm.Path, choice, backbone, info,
                (code, message) => warnings.Add(new(code, arm.Path, message)));
            var train = ForShots(spec, arm, method, choice.Train, source) is { } settings ? method.Fit(settings, cell) : null;
            var targets = described.Targets(arm, method, train, source, info);
            var definition = new JobDefinition
            {
                Method = arm.Method,
                Backbone = backbone.Name,
                Dataset = train is null ? source : described.ForTraining(source),
                Shots = arm.Shots ?? spec.Shots,
                Seed = spec.Seeds[0],
                Scorer = choice.Scorer,
                TTarget = choice.TTarget,
                Train = train,
                Evaluate = targets.Evaluate,
            };
            if (train is not null) described.CheckContext(arm, method.ContextLength(train), definition.Dataset);
            var iterations = train is null ? 0 : Iterations(method, train, cell);
            return new PlannedCandidate(choice.TTarget, groups.Add(
                definition, backbone, column, iterations, JobCost.Of(
                    method, new(backbone, info with { TestImages = info.TestImages + targets.Images }, longest, train), iterations)),
                Beyond(choice.Values, AxisValues.TTarget));
        });
        return new PlannedCell { Dataset = source.Name, Candidates = [.. candidates] };
    }

    /// <summary>
    /// Returns the settings with the number of epochs that the method's public code uses for this number of shots, unless the spec gives
    /// the number of epochs.
    /// </summary>
    private static TrainSettings? ForShots(
        SweepSpec spec, ArmSpec arm, MethodDescriptor method, TrainSettings? train, DatasetSource source) =>
        train is not null && !arm.EpochsAreGiven && method.EpochsByShots(arm.Shots ?? spec.Shots, source) is { } epochs
            ? train with { Epochs = epochs }
            : train;

    /// <summary>Returns the values except those with the given names; null if none are left.</summary>
    private static AxisValues? Beyond(AxisValues values, params string[] names) =>
        values.Without(names) is { Count: > 0 } rest ? rest : null;

    private static int Iterations(MethodDescriptor method, TrainSettings train, CellPlan cell)
    {
        // The trainer's iteration counter covers the longest setting, even if training ends earlier.
        var (setting, epochs) = method.Longest(train);
        var perEpoch = cell.EpochIterations(train);
        var iterations = (long)train.Rounds * epochs * perEpoch;
        if (iterations <= int.MaxValue) return train.Rounds * train.Epochs * perEpoch;
        throw cell.Source.Refused(cell.Path,
            $"{epochs} {setting} of {perEpoch} iterations on "
            + $"'{cell.Dataset.Name}'{(train.Rounds == 2 ? ", trained twice," : "")} make {iterations} iterations, "
            + $"which is more than {int.MaxValue}; write fewer epochs, fewer shots or a larger batchSize");
    }

    /// <summary>
    /// Warns if the spec has a list of shots but no number of epochs, and the method's public code makes the number of epochs depend on the
    /// shots.
    /// </summary>
    private void WarnAboutEpochs(SweepSpec spec, List<PlanWarning> warnings)
    {
        foreach (var rows in spec.Arms.Where(arm => !arm.EpochsAreGiven && arm.Axes[AxisValues.Shots] is not null)
            .GroupBy(arm => (arm.Path, arm.Method)))
        {
            var method = methods.Find(rows.Key.Method);
            var epochs = rows.Select(arm => arm.Shots!.Value).Distinct()
                .Select(shots => (Shots: shots, Epochs: method.EpochsByShots(shots, spec.Datasets[0]))).ToArray();
            if (!Array.Exists(epochs, of => of.Epochs is not null)) continue;
            warnings.Add(new(EpochsByShots, rows.Key.Path, $"{method.Title} trains for "
                + string.Join(", ", epochs.Select(of => $"{of.Epochs} epochs with {CountText.Of(of.Shots, "shot")}"))
                + $" on '{spec.Datasets[0].Name}', as in its public code; set \"epochs\" to change this"));
        }
    }
}
