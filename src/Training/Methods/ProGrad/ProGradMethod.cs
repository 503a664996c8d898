using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data.CoOp;
using AdaptCluster.Training.Methods.CoOp;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.ProGrad;

/// <summary>
/// ProGrad: CoOp with aligned gradients. Let g be the gradient of the cross-entropy, and h the gradient of the distance to zero-shot CLIP's
/// logits. If g opposes h, the opposing component is removed: g - λ (g·h / h·h) h (Zhu et al., ICCV 2023, equation 4; trainers/prograd.py
/// of BeierZhu/Prompt-align).
/// </summary>
internal sealed class ProGradMethod : ContextMethod
{
    private const string Entropy = "ce", Distance = "kl";

    private readonly double _lambda, _temperature;
    private readonly torch.Tensor _teacher;

    // The gradient h of the current batch; disposed by the update.
    private torch.Tensor? _guide;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class text: start, one placeholder per context token, the name and the remaining
    /// tokens.</param>
    /// <param name="teacher">The token ids of each class's hand-crafted text.</param>
    /// <param name="context">The context, [length, text width]; this object takes ownership.</param>
    /// <param name="lambda">The factor λ.</param>
    /// <param name="temperature">The temperature for both distributions in the distance.</param>
    internal ProGradMethod(
        IBackbone model, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> teacher, torch.Tensor context, double lambda, double temperature)
        : base(model, Behind(model, texts, (int)context.shape[0]), context) =>
        (_lambda, _temperature, _teacher) = (lambda, temperature, Teacher.TextFeatures(model, teacher));

    /// <summary>
    /// Creates the method from a job's settings. The last rows of the context are initialized with the template's tokens, all other rows
    /// with zeros.
    /// </summary>
    /// <exception cref="InvalidInputException">A setting is out of range, the template's words do not fit the context, or a text is longer
    /// than the backbone's context.</exception>
    internal static ProGradMethod Create(MethodInputs inputs)
    {
        var settings = MethodSettings.Of<ProGradSettings>(inputs.Train);
        MethodInputs.Check(settings.ContextLength, "train.prograd.contextLength", 1, ContextStart.MaxLength);
        MethodInputs.Check(settings.Lambda ?? 1, "train.prograd.lambda", 0, 1e6);
        MethodInputs.Check(settings.Temperature, "train.prograd.temperature", 1e-6, 1e6);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words(settings.TeacherTemplate ?? ProGradTemplates.Of(inputs.Job.Dataset));
        var known = settings.CountWords ? words.BeforeText.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length : words.Before.Length;
        known = Math.Min(known, words.Before.Length);
        if (known > settings.ContextLength)
        {
            throw new InvalidInputException(
                $"train.prograd.contextLength is {settings.ContextLength}, but the template '{words.Template}' has {known} words "
                    + $"before the class name; write at least {known}.");
        }
        var context = torch.zeros(settings.ContextLength, inputs.Model.Shape.Text.Width, device: inputs.Model.Device);
        if (known > 0)
            context.narrow(0, settings.ContextLength - known, known).copy_(ContextTexts.Embed(inputs.Model, words.Before[..known]));
        var texts = words.With([.. new int[settings.ContextLength], .. words.Before[known..]]);
        return new ProGradMethod(inputs.Model, texts, words.With(words.Before), context, settings.Lambda
            ?? DefaultLambda(inputs.Job), settings.Temperature);
    }

    /// <inheritdoc/>
    public override void BeforeUpdate(int iteration)
    {
        var tensor = Tensors.Of(ContextName);
        using var guide = _guide!;
        tensor.Gradient = Aligned(tensor.Gradient!, guide, _lambda);
        _guide = null;
    }

    /// <summary>Returns g minus λ times the component of g that opposes h. Returns g itself if it does not oppose h.</summary>
    internal static torch.Tensor Aligned(torch.Tensor g, torch.Tensor h, double lambda)
    {
        using var scope = torch.NewDisposeScope();
        var (along, square) = ((g * h).sum(), (h * h).sum());
        // There is no branch on the value, so the CPU need not wait for the GPU. If h is 0, so is g·h.
        var against = torch.where(along.lt(Scalars.Zero), along / square, torch.zeros_like(along));
        return g.Plus((against * h).Times(-lambda)).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _guide?.Dispose();
        _teacher.Dispose();
    }

    protected override StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels)
    {
        var distance = Teacher.Distillation(Model.Logits(images, _teacher), logits, _temperature);
        var entropy = cross_entropy(logits, labels);
        return new StepOutput(entropy, logits, new Dictionary<string, torch.Tensor> { [Entropy] = entropy, [Distance] = distance });
    }

    protected override IReadOnlyList<StepOutput> ForwardTogether(IReadOnlyList<LaneBatch> lanes, IReadOnlyList<torch.Tensor> images)
    {
        var outputs = base.ForwardTogether(lanes, images);
        // The first of two backward passes, for all lanes together. The caller runs the second one, through the losses.
        torch.stack(outputs.Select(output => output.Terms![Distance])).sum().backward(retain_graph: true);
        foreach (var method in MethodsOf<ProGradMethod>(lanes)) method.TakeGuide();
        return [.. outputs.Select(output => output with
        {
            Terms = new Dictionary<string, torch.Tensor> { [Entropy] = output.Loss, [Distance] = output.Terms![Distance].detach() },
        })];
    }

    private void TakeGuide()
    {
        var context = Tensors.Of(ContextName);
        context.TakeGradient();
        // A failed step may have left a gradient.
        _guide?.Dispose();
        _guide = context.Gradient!.DetachFromDisposeScope();
        context.Gradient = null;
    }

    /// <summary>
    /// Returns the default λ: 0.8 for the data sets listed here with at least 8 shots (the public code's README has 8 and 16), otherwise 1.
    /// </summary>
    private static double DefaultLambda(JobDefinition job) =>
        job.Shots >= 8 && CoOpFormat.NameOf(job.Dataset) is "oxford-flowers" or "dtd" or "eurosat" ? 0.8 : 1;
}
