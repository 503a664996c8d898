using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>
/// CoOp: trains a context shared by all classes with cross-entropy (Zhou et al., IJCV 2022; trainers/coop.py of KaiyangZhou/CoOp with class
/// names at the end and a shared context).
/// </summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The token ids of each class text: start, one placeholder per context token, the name and the remaining
/// tokens.</param>
/// <param name="context">The context, [length, text width]; this object takes ownership.</param>
internal sealed class CoOpMethod(IBackbone model, IReadOnlyList<int[]> texts, torch.Tensor context)
    : ContextMethod(model, Behind(model, texts, (int)context.shape[0]), context)
{
    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, or a text is longer than the backbone's context.</exception>
    internal static CoOpMethod Create(MethodInputs inputs)
    {
        var settings = MethodSettings.Of<CoOpSettings>(inputs.Train);
        MethodInputs.Check(settings.ContextLength, "train.coop.contextLength", 1, ContextStart.MaxLength);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words();
        if (settings.StartFromTemplate)
            return new CoOpMethod(inputs.Model, words.With(words.Before), ContextStart.FromTemplate(inputs.Model, words));
        var context = inputs.Initial.Normal(0, settings.InitialStandardDeviation, settings.ContextLength, inputs.Model.Shape.Text.Width);
        return new CoOpMethod(inputs.Model, words.WithPlaces(settings.ContextLength), context);
    }

    protected override StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels) =>
        StepOutput.OfCrossEntropy(logits, labels);
}
