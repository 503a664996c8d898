using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.KgCoOp;

/// <summary>
/// KgCoOp: CoOp with text features regularised towards the features of hand-crafted texts. The loss is cross-entropy + λ · (1 - c), where c
/// is the cosine similarity of the two features, averaged over the classes (Yao et al., CVPR 2023, equation 5; trainers/kgcoop.py of
/// htyao89/KgCoOp). The context is initialized from the template's words.
/// </summary>
internal sealed class KgCoOpMethod : ContextMethod
{
    private readonly double _weight;
    private readonly torch.Tensor _teacher;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class text: start, one placeholder per context token, the name and the remaining
    /// tokens.</param>
    /// <param name="teacher">The token ids of each class's hand-crafted text.</param>
    /// <param name="context">The context, [length, text width]; this object takes ownership.</param>
    /// <param name="weight">The weight λ.</param>
    internal KgCoOpMethod(IBackbone model, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> teacher, torch.Tensor context, double weight)
        : base(model, Behind(model, texts, (int)context.shape[0]), context) =>
        (_weight, _teacher) = (weight, Teacher.TextFeatures(model, teacher));

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, a template is invalid, or a text is longer than the backbone's
    /// context.</exception>
    internal static KgCoOpMethod Create(MethodInputs inputs)
    {
        var settings = MethodSettings.Of<KgCoOpSettings>(inputs.Train);
        MethodInputs.Check(settings.Weight, "train.kgcoop.weight", 0, 1e6);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words();
        var teacher = inputs.Words(settings.TeacherTemplate ?? KgCoOpTemplates.Of(inputs.Job.Dataset));
        return new KgCoOpMethod(
            inputs.Model, words.With(words.Before), teacher.With(teacher.Before),
            ContextStart.FromTemplate(inputs.Model, words), settings.Weight);
    }

    public override void Dispose()
    {
        base.Dispose();
        _teacher.Dispose();
    }

    protected override StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels)
    {
        var entropy = cross_entropy(logits, labels);
        var distance = Scalars.OneMinus((normalize(texts, dim: -1) * _teacher).sum(1).mean());
        return new StepOutput(entropy.Plus(distance.Times(_weight)), logits, new Dictionary<string, torch.Tensor>
        {
            ["ce"] = entropy,
            ["kg"] = distance,
        });
    }
}
