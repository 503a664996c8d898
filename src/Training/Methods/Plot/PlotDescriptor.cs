using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Training.Methods.Plot;

/// <summary>Describes PLOT, which trains several contexts and matches them with image patches by optimal transport.</summary>
public sealed class PlotDescriptor : MethodDescriptor<PlotSettings>, IMethodFactory
{
    /// <inheritdoc/>
    public override string Name => MethodNames.Plot;

    /// <inheritdoc/>
    public override string Title => "PLOT";

    /// <inheritdoc/>
    public override int Order => 5;

    /// <inheritdoc/>
    public override MethodSummary Summary =>
        new("four contexts, matched with the patches by optimal transport", "32,768", "frozen", "per step, four times");

    /// <inheritdoc/>
    public override string PresetSource =>
        "CHENGY12/PLOT `rn50.yaml`; none was published for a transformer";

    /// <inheritdoc/>
    protected override TrainSettings Common => new() { Epochs = 50, BatchSize = 128, LearningRate = 0.002 };

    /// <inheritdoc/>
    public override int ContextLength(TrainSettings train) => MethodSettings.Of<PlotSettings>(train).ContextLength;

    /// <inheritdoc/>
    public override double StepCost(JobWork work) => (work.Batch * work.Image) + (JobWork.Trained * Prompts(work) * work.Texts);

    /// <inheritdoc/>
    public override double EvaluationCost(JobWork work) => Prompts(work) * work.Texts;

    /// <inheritdoc/>
    public IMethod Create(MethodInputs inputs) => PlotMethod.Create(inputs);

    private static int Prompts(JobWork work) => MethodSettings.Of<PlotSettings>(work.Train).Prompts;
}
