/** A code of a medical vocabulary. */
export interface HealthLink {
  dataSource: string;
  id: string;
}

/** Something that the health kinds know by name, in the languages of the samples. */
export interface HealthTerm {
  name: string;
  category: "MedicationName" | "SymptomOrSign" | "Diagnosis" | "BodyStructure" | "ExaminationName" | "MedicationRoute";
  /** Spellings beside `name`. */
  spellings: readonly string[];
  links: readonly HealthLink[];
}

function term(
  category: HealthTerm["category"],
  name: string,
  spellings: string,
  links: Readonly<Record<string, string>>,
): HealthTerm {
  return {
    name,
    category,
    spellings: spellings === "" ? [] : spellings.split(", "),
    links: Object.entries(links).map(([dataSource, id]) => ({ dataSource, id })),
  };
}

/** A small vocabulary; the codes are those of the public registers named. */
export const HEALTH_TERMS: readonly HealthTerm[] = [
  term("MedicationName", "ibuprofen", "ibuprofeno", { UMLS: "C0020740", ATC: "M01AE01", RXNORM: "5640" }),
  term("MedicationName", "aspirin", "aspirina", { UMLS: "C0004057", ATC: "B01AC06", RXNORM: "1191" }),
  term("MedicationName", "acetaminophen", "paracetamol", { UMLS: "C0000970", ATC: "N02BE01", RXNORM: "161" }),
  term("MedicationName", "metformin", "metformina", { UMLS: "C0025598", ATC: "A10BA02", RXNORM: "6809" }),
  term("MedicationName", "amoxicillin", "amoxicilina", { UMLS: "C0002645", ATC: "J01CA04", RXNORM: "723" }),
  term("MedicationName", "lisinopril", "", { UMLS: "C0065374", ATC: "C09AA03", RXNORM: "29046" }),
  term("SymptomOrSign", "fever", "Fieber, fiebre", { UMLS: "C0015967" }),
  term("SymptomOrSign", "cough", "coughing, Husten, tos", { UMLS: "C0010200" }),
  term("SymptomOrSign", "headache", "headaches, Kopfschmerzen, dolor de cabeza", { UMLS: "C0018681" }),
  term("SymptomOrSign", "nausea", "Übelkeit, náuseas", { UMLS: "C0027497" }),
  term("SymptomOrSign", "chest pain", "Brustschmerzen, dolor torácico", { UMLS: "C0008031" }),
  term("SymptomOrSign", "dizziness", "Schwindel, mareo", { UMLS: "C0012833" }),
  term("Diagnosis", "asthma", "asma", { UMLS: "C0004096" }),
  term("Diagnosis", "pneumonia", "Lungenentzündung, neumonía", { UMLS: "C0032285" }),
  term("Diagnosis", "hypertension", "high blood pressure, Bluthochdruck, hipertensión", { UMLS: "C0020538" }),
  term("Diagnosis", "diabetes mellitus", "diabetes", { UMLS: "C0011849" }),
  term("BodyStructure", "knee", "left knee, right knee, Knie, rodilla", { UMLS: "C0022742" }),
  term("BodyStructure", "lung", "lungs, Lunge, pulmón", { UMLS: "C0024109" }),
  term("ExaminationName", "blood pressure", "Blutdruck, presión arterial", { UMLS: "C0005823" }),
  term("ExaminationName", "temperature", "Temperatur, temperatura", { UMLS: "C0005903" }),
  term("MedicationRoute", "oral", "orally, by mouth, oral einzunehmen, por vía oral", {}),
  term("MedicationRoute", "intravenous", "intravenously, intravenös, por vía intravenosa", {}),
];

/** What is found by its form. The more exact forms come first. */
export const HEALTH_FORMS: readonly { category: string; pattern: RegExp }[] = [
  { category: "MeasurementValue", pattern: /(?<![\p{L}\p{N}/])\d{2,3}\/\d{2,3}(?![\p{L}\p{N}/])/gu },
  { category: "MeasurementValue", pattern: /(?<![\p{L}\p{N}])\d{2}[.,]\d(?=\s*°)/gu },
  { category: "Dosage", pattern: /(?<![\p{L}\p{N}])\d+(?:[.,]\d+)?\s*(?:mg|ml|mcg|µg|g|IU|units)(?![\p{L}\p{N}])/gu },
  {
    category: "Frequency",
    pattern:
      /(?<![\p{L}\p{N}])(?:(?:once|twice|three times) (?:daily|a day|weekly)|every \p{L}+ hours|(?:einmal|zweimal|dreimal) täglich|alle \p{L}+ Stunden|cada \p{L}+ horas|(?:una vez|dos veces) al día)(?![\p{L}\p{N}])/giu,
  },
  {
    category: "Time",
    pattern:
      /(?<![\p{L}\p{N}])(?:for|since|seit|desde hace) (?:\d+|\p{L}+) (?:days?|weeks?|months?|years?|Tagen|Wochen|Monaten|Jahren|días|semanas|meses|años)(?![\p{L}\p{N}])/giu,
  },
  {
    category: "Age",
    pattern: /(?<![\p{L}\p{N}])\d{1,3}(?:-year-old| years old|-jährige[rn]?| años de edad)(?![\p{L}\p{N}])/giu,
  },
];
