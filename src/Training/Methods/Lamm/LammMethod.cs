using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Training.Methods.Lamm;

/// <summary>
/// LAMM: trains the first n tokens of each class name, where n is the number of tokens in the shortest name. The template stays fixed. The
/// loss regularises the trained tokens towards the original tokens in three spaces: the token embeddings, the text features and the logits
/// (Gao et al., AAAI 2024, section 3.3; trainers/lamm.py of gaojingsheng/LAMM).
/// </summary>
internal sealed class LammMethod : TextMethod
{
    private const string Names = "name_tokens";

    private readonly torch.Tensor _original, _originalTexts;
    private readonly LammWeights _weights;

    /// <summary>Initializes the method from initial values.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each class's full text.</param>
    /// <param name="position">The position of the first name token.</param>
    /// <param name="original">The original embeddings of the names' first tokens, [classes, tokens, text width]; this object takes
    /// ownership.</param>
    /// <param name="start">The initial values of the trained tokens, with the same shape as <paramref name="original"/>; this object takes
    /// ownership.</param>
    /// <param name="weights">The weights and options of the loss.</param>
    internal LammMethod(IBackbone model, IReadOnlyList<int[]> texts, int position, torch.Tensor original,
        torch.Tensor start, LammWeights weights)
        : base(model, new ContextTexts(model, texts, position, (int)original.shape[1], ownTokens: true),
            new NamedTensors([KeyValuePair.Create(Names, start)]))
    {
        (_original, _originalTexts) = (original.DetachFromDisposeScope(), Teacher.TextFeatures(model, texts));
        _weights = weights;
    }

    protected override torch.Tensor Tokens => Tensors[Names];

    /// <summary>Creates the method from a job's settings.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, a name has no tokens, or a text is longer than the backbone's
    /// context.</exception>
    internal static LammMethod Create(MethodInputs inputs)
    {
        var settings = MethodSettings.Of<LammSettings>(inputs.Train);
        var weights = new LammWeights(
            settings.ParameterWeight ?? 1.0 / inputs.Job.Shots, settings.FeatureWeight, settings.LogitWeight, settings.Temperature,
            settings.TrainedIsTarget);
        MethodInputs.Check(weights.Parameter, "train.lamm.parameterWeight", 0, 1e6);
        MethodInputs.Check(weights.Feature, "train.lamm.featureWeight", 0, 1e6);
        MethodInputs.Check(weights.Logit, "train.lamm.logitWeight", 0, 1e6);
        MethodInputs.Check(weights.Temperature, "train.lamm.temperature", 1e-6, 1e6);
        using var scope = torch.NewDisposeScope();
        var words = inputs.Words();
        var shortest = words.Names.Min(name => name.Length);
        if (shortest == 0)
            throw new InvalidInputException(
                $"Data set {inputs.Job.Dataset.Name} has a class whose name has no tokens to train; rename the class.");
        // By class, not by name: two classes with the same name have separate tokens.
        var original = ContextTexts.Embed(inputs.Model, [.. words.FirstOfNames(shortest).SelectMany(first => first)])
            .view(words.Names.Length, shortest, inputs.Model.Shape.Text.Width);
        return new LammMethod(inputs.Model, words.With(words.Before), 1 + words.Before.Length, original, original.clone(), weights);
    }

    public override void Dispose()
    {
        base.Dispose();
        _original.Dispose();
        _originalTexts.Dispose();
    }

    protected override StepOutput Loss(torch.Tensor images, torch.Tensor texts, torch.Tensor logits, torch.Tensor labels)
    {
        var originalLogits = Model.Logits(images, _originalTexts);
        var entropy = cross_entropy(logits, labels);
        var change = Tensors[Names].Plus(_original.neg());
        var parameter = (change * change).sum();
        var feature = FeatureTerm(texts, labels);
        var logit = _weights.TrainedIsTarget
            ? Teacher.Distillation(logits, originalLogits, _weights.Temperature)
            : Teacher.Distillation(originalLogits, logits, _weights.Temperature);
        var loss = entropy.Plus(parameter.Times(_weights.Parameter)).Plus(feature.Times(_weights.Feature))
            .Plus(logit.Times(_weights.Logit));
        return new StepOutput(loss, logits, new Dictionary<string, torch.Tensor>
        {
            ["ce"] = entropy,
            ["parameter"] = parameter,
            ["feature"] = feature,
            ["logit"] = logit,
        });
    }

    /// <summary>
    /// Computes 1 - cosine between the trained and the original text feature of an image's label, averaged over the batch. As in the public
    /// code, the result is 0 if all images in the batch have the same class.
    /// </summary>
    private torch.Tensor FeatureTerm(torch.Tensor texts, torch.Tensor labels)
    {
        var cosines = (normalize(texts, dim: -1) * _originalTexts).sum(1).index_select(0, labels);
        var several = labels.ne(labels[0]).any().to_type(cosines.dtype);
        return Scalars.OneMinus(cosines.mean()) * several;
    }
}

/// <summary>The weights and options of LAMM's loss.</summary>
/// <param name="Parameter">The weight of the squared distance between the tokens.</param>
/// <param name="Feature">The weight of the distance between the text features.</param>
/// <param name="Logit">The weight of the distillation loss between the logits.</param>
/// <param name="Temperature">The temperature of the distillation loss.</param>
/// <param name="TrainedIsTarget">Whether the trained logits are the target of the distillation loss.</param>
internal sealed record LammWeights(double Parameter, double Feature, double Logit, double Temperature, bool TrainedIsTarget);
