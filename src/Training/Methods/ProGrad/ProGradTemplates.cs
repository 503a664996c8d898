using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.ProGrad;

/// <summary>
/// The teacher templates that ProGrad's public code uses for the data sets of the CoOp family (CUSTOM_TEMPLATES in trainers/prograd.py of
/// BeierZhu/Prompt-align). The class name comes last, so that the words before it can be used as a context.
/// </summary>
internal static class ProGradTemplates
{
    /// <summary>Returns the teacher's template for a data set.</summary>
    /// <returns>The template; null for a data set outside the CoOp family.</returns>
    internal static string? Of(DatasetSource dataset) => CoOpFormat.NameOf(dataset) switch
    {
        null => null,
        "oxford-pets" => "a type of pet, a photo of a {}.",
        "oxford-flowers" => "a type of flower, a photo of a {}.",
        "fgvc-aircraft" => "a type of aircraft, a photo of a {}.",
        "dtd" => "a texture of {}.",
        "eurosat" => "a centered satellite photo of {}.",
        "food101" => "a type of food, a photo of {}.",
        "ucf101" => "a photo of a person doing {}.",
        _ => "a photo of a {}.",
    };
}
