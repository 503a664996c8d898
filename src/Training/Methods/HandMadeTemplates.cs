using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// The texts of the CoOp family's data sets that the public codes of KgCoOp and ProGrad hold as teachers (CUSTOM_TEMPLATES).
/// </summary>
internal static class HandMadeTemplates
{
    /// <summary>KgCoOp's, from trainers/kgcoop.py of htyao89/KgCoOp.</summary>
    /// <returns>Null for a data set that is none of the family's.</returns>
    internal static string? OfKgCoOp(DatasetSource dataset) => dataset.Format != DatasetFormats.CoOp ? null : dataset.Name switch
    {
        "oxford-pets" => "a photo of a {}, a type of pet.",
        "oxford-flowers" => "a photo of a {}, a type of flower.",
        "fgvc-aircraft" => "a photo of a {}, a type of aircraft.",
        "dtd" => "a photo of a {}, a type of texture.",
        "eurosat" => "a centered satellite photo of {}.",
        "food101" => "a photo of {}, a type of food.",
        "ucf101" => "a photo of a person doing {}.",
        _ => "a photo of a {}.",
    };

    /// <summary>
    /// ProGrad's, from trainers/prograd.py of BeierZhu/Prompt-align: the name comes last, so that what is before it can be a context.
    /// </summary>
    /// <returns>Null for a data set that is none of the family's.</returns>
    internal static string? OfProGrad(DatasetSource dataset) => dataset.Format != DatasetFormats.CoOp ? null : dataset.Name switch
    {
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
